"""The outbox: what is sent, what waits for it, and what a person must decide."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from service.config import Settings
from service.domain.cases import Dispatch, DispatchStatus
from service.domain.handling import Channel
from service.domain.waits import JobStatus
from service.usecases import dispatches, incidents
from service.workers.channels import Carrier, Documents, NotDelivered
from service.workers.files import FileCarrier
from service.workers.handlers import load_handlers
from service.workers.loop import run_jobs
from service.workers.mail import MailFileCarrier, SmtpCarrier
from service.workers.relay import channels_for, relay
from tests.workers.house import OPERATOR, House, Stuck
from tests.workers.post import parsed
from tests.workers.procedure import case_of, files, furnish, open_case, sending

HANDLERS = load_handlers()
LETTER = sending("brev", skabelon="tekst", emne="Tilbud")
MAIL = sending("sikker-post", skabelon="tekst", emne="Orientering", til_enhed="nord")


class Wire(Carrier):
    """Delivers, or fails as it is told."""

    def __init__(self) -> None:
        self.faults: list[Exception] = []
        self.tried: list[tuple[Dispatch, Documents]] = []

    def deliver(self, dispatch: Dispatch, documents: Documents) -> str:
        self.tried.append((dispatch, documents))
        if self.faults:
            raise self.faults.pop(0)
        return f"kvittering {len(self.tried)}"


@pytest.fixture
def wire() -> Wire:
    return Wire()


def sent_from(house: House, process: bytes, **variables: object) -> int:
    """An instance whose job has put its dispatch into the outbox."""
    furnish(house)
    house.deploy(files(process, tekst="<p>Kære {{ borger.navn }}</p>"))
    key = open_case(house, **variables)
    run_jobs(house.platform, HANDLERS, limit=5)
    return key


def outbox(house: House, key: int) -> list[Dispatch]:
    owner = case_of(house, key).key
    return list(house.platform.read(lambda uow: uow.dispatches.of_case(owner)))


def waiting_for_message(house: House, key: int) -> bool:
    return bool(house.platform.read(lambda uow: uow.messages.awaited_by(key)))


def test_the_instance_goes_on_when_the_letter_is_delivered(house: House, wire: Wire) -> None:
    key = sent_from(house, LETTER)
    assert house.job(key).status is JobStatus.SENDING
    assert not waiting_for_message(house, key)
    assert relay(house.platform, {Channel.LETTER: wire}, limit=5) == 1
    assert waiting_for_message(house, key)
    [dispatch] = outbox(house, key)
    assert (dispatch.status, dispatch.receipt) == (DispatchStatus.SENT, "kvittering 1")
    [(tried, documents)] = wire.tried
    assert tried.recipient == "Karla Test Nielsen\nPrøvevej 12\n8000 Aarhus C"
    [(document, content)] = documents
    assert (document.kind, document.title) == ("brev", "Tilbud")
    assert content.startswith(b"%PDF-")
    assert [e.kind for e in house.history(key)] == ["Start", "JobCompleted"]


def test_mail_to_a_unit_with_an_attachment_is_kept_on_the_case(house: House, wire: Wire) -> None:
    attached = '=[{skabelon: "tekst", titel: "Vurdering", art: "vurdering"}]'
    key = sent_from(
        house, sending("sikker-post", skabelon="tekst", emne="Orientering", til_enhed="nord", vedhaeft=attached)
    )
    relay(house.platform, {Channel.SECURE_MAIL: wire}, limit=5)
    [(dispatch, documents)] = wire.tried
    assert dispatch.recipient == "nord@kommune.example"
    assert dispatch.body == "<p>Kære Karla Test Nielsen</p>"
    assert [d.title for d, _ in documents] == ["Vurdering"]
    owner = case_of(house, key).key
    assert [(d.kind, d.version) for d in house.platform.read(lambda uow: uow.cases.documents(owner))] == [
        ("vurdering", 1)
    ]


def test_an_acknowledgement_holds_nobody_up(house: House, wire: Wire) -> None:
    key = sent_from(house, sending("kvittering", besked_id="b-1", kode="ok", tekst="Modtaget"))
    assert waiting_for_message(house, key)
    assert relay(house.platform, {Channel.ACKNOWLEDGEMENT: wire}, limit=5) == 1
    [(dispatch, _)] = wire.tried
    assert (dispatch.recipient, dispatch.subject, dispatch.body) == ("b-1", "ok", "Modtaget")


def test_what_is_certainly_not_delivered_is_tried_again_until_a_person_is_asked(house: House, wire: Wire) -> None:
    key = sent_from(house, LETTER)
    wire.faults = [NotDelivered("Printeren er slukket.")] * dispatches.ATTEMPTS
    for tries in range(dispatches.ATTEMPTS):
        assert house.incidents(key) == []
        assert relay(house.platform, {Channel.LETTER: wire}, limit=5) == 1
        assert len(wire.tried) == tries + 1
        assert relay(house.platform, {Channel.LETTER: wire}, limit=5) == 0, "it waits before the next try"
        house.now.move_by(timedelta(hours=2))
    [incident] = house.incidents(key)
    assert "Printeren er slukket." in incident.message
    incidents.retry(house.platform, OPERATOR, incident.key)
    assert relay(house.platform, {Channel.LETTER: wire}, limit=5) == 1
    assert waiting_for_message(house, key)
    assert len({dispatch.idempotency_key for dispatch, _ in wire.tried}) == 1


def test_a_channel_that_is_missing_is_not_forgotten(house: House) -> None:
    key = sent_from(house, LETTER)
    assert relay(house.platform, {}, limit=5) == 1
    [dispatch] = outbox(house, key)
    assert dispatch.status is DispatchStatus.WAITING
    assert "ingen kanal sat op for brev" in dispatch.last_error


def test_an_uncertain_letter_is_never_sent_blindly_again(house: House, wire: Wire) -> None:
    key = sent_from(house, LETTER)
    wire.faults = [ConnectionResetError("Karla Test Nielsen")]
    with capture_logs() as logs:
        relay(house.platform, {Channel.LETTER: wire}, limit=5)
    house.now.move_by(timedelta(days=1))
    assert relay(house.platform, {Channel.LETTER: wire}, limit=5) == 0
    [incident] = house.incidents(key)
    assert "uvist" in incident.message
    assert "Karla" not in f"{logs}{incident.message}{outbox(house, key)[0].last_error}"
    incidents.retry(house.platform, OPERATOR, incident.key)
    assert relay(house.platform, {Channel.LETTER: wire}, limit=5) == 1
    assert waiting_for_message(house, key)


def test_uncertain_mail_is_sent_again_under_the_same_key(house: House, wire: Wire) -> None:
    key = sent_from(house, MAIL)
    wire.faults = [ConnectionResetError()]
    relay(house.platform, {Channel.SECURE_MAIL: wire}, limit=5)
    house.now.move_by(timedelta(hours=2))
    relay(house.platform, {Channel.SECURE_MAIL: wire}, limit=5)
    assert waiting_for_message(house, key)
    assert len({dispatch.idempotency_key for dispatch, _ in wire.tried}) == 1


def test_a_worker_that_dies_while_sending_a_letter_leaves_a_question(house: House, wire: Wire) -> None:
    key = sent_from(house, LETTER)
    assert len(dispatches.claim(house.platform, 5)) == 1  # and the worker dies
    assert relay(house.platform, {Channel.LETTER: wire}, limit=5) == 0
    house.now.move_by(dispatches.LEASE)
    assert relay(house.platform, {Channel.LETTER: wire}, limit=5) == 0
    assert wire.tried == []
    [incident] = house.incidents(key)
    assert "afbrudt" in incident.message


def test_a_worker_that_dies_while_sending_mail_is_relieved(house: House, wire: Wire) -> None:
    key = sent_from(house, MAIL)
    assert len(dispatches.claim(house.platform, 5)) == 1  # and the worker dies
    house.now.move_by(dispatches.LEASE)
    assert relay(house.platform, {Channel.SECURE_MAIL: wire}, limit=5) == 1
    assert waiting_for_message(house, key)


def test_a_delivery_after_which_the_course_cannot_go_on_is_not_repeated(house: House, wire: Wire) -> None:
    key = sent_from(house, MAIL)
    stuck = replace(house.platform, engine=Stuck(house.platform.engine))
    assert relay(stuck, {Channel.SECURE_MAIL: wire}, limit=5) == 1
    assert [d.status for d in outbox(house, key)] == [DispatchStatus.SENT]
    [incident] = house.incidents(key)
    assert "er afleveret, men forløbet kunne ikke gå videre" in incident.message
    house.now.move_by(timedelta(days=1))
    assert relay(house.platform, {Channel.SECURE_MAIL: wire}, limit=5) == 0
    incidents.retry(house.platform, OPERATOR, incident.key)
    run_jobs(house.platform, HANDLERS, limit=5)
    relay(house.platform, {Channel.SECURE_MAIL: wire}, limit=5)
    assert waiting_for_message(house, key)


def test_two_relays_never_send_the_same(house: House, wire: Wire) -> None:
    sent_from(house, MAIL)
    open_case(house)
    run_jobs(house.platform, HANDLERS, limit=5)
    first = dispatches.claim(house.platform, 1)
    assert relay(house.platform, {Channel.SECURE_MAIL: wire}, limit=5) == 1
    assert wire.tried[0][0].key != first[0][0].key


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path, mail_from="forloeb@kommune.example")


def test_without_a_mail_server_everything_becomes_files(house: House, settings: Settings) -> None:
    channels = channels_for(settings)
    assert channels.keys() == set(Channel)
    assert isinstance(channels[Channel.SECURE_MAIL], MailFileCarrier)
    assert isinstance(channels[Channel.LETTER], FileCarrier)
    sent_from(house, MAIL)
    relay(house.platform, channels, limit=5)
    [file] = (settings.data / "outbox" / "sikker-post").iterdir()
    mail = parsed(file.read_bytes())
    assert (mail["To"], mail["From"]) == ("nord@kommune.example", "forloeb@kommune.example")


def test_with_a_mail_server_mail_goes_there() -> None:
    channels = channels_for(Settings(smtp_url="smtps://post.kommune.example"))
    assert isinstance(channels[Channel.SECURE_MAIL], SmtpCarrier)
    assert isinstance(channels[Channel.DIGITAL_POST], FileCarrier)
