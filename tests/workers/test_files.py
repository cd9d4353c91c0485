"""The outbox folder: readable, private, and the same file when something is delivered again."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from service.domain.handling import Channel
from service.workers.channels import NotDelivered
from service.workers.files import FileCarrier, plain_name
from tests.workers.post import dispatch, document


def test_a_letter_is_a_folder_with_its_documents_and_a_cover_note(tmp_path: Path) -> None:
    letter = dispatch(Channel.LETTER, recipient="Karla Test Nielsen\nPrøvevej 12\n8000 Aarhus C", body="")
    receipt = FileCarrier(tmp_path).deliver(letter, [document(), document("Bilag", b"%PDF-1.7 bilag")])
    [folder] = (tmp_path / "brev").iterdir()
    assert {p.name for p in folder.iterdir()} == {"1 Aftale om støtte.pdf", "2 Bilag.pdf", "følgebrev.txt"}
    assert (folder / "2 Bilag.pdf").read_bytes() == b"%PDF-1.7 bilag"
    cover = (folder / "følgebrev.txt").read_text()
    assert "Til:\nKarla Test Nielsen\nPrøvevej 12\n8000 Aarhus C" in cover
    assert "Emne: Orientering om støtte" in cover
    assert "Lagt til afsendelse: 01.09.2014 kl. 09.00" in cover
    assert "  1. Aftale om støtte\n  2. Bilag" in cover
    assert (tmp_path / receipt).read_text() == cover


def test_a_repeat_writes_over_itself(tmp_path: Path) -> None:
    carrier, post = FileCarrier(tmp_path), dispatch(Channel.DIGITAL_POST)
    first = carrier.deliver(post, [document()])
    assert carrier.deliver(post, [document()]) == first
    assert len([p for p in tmp_path.rglob("*") if p.is_file()]) == 2
    other = dispatch(Channel.DIGITAL_POST, idempotency_key="7:st_send:9:1")
    assert carrier.deliver(other, [document()]) != first


def test_an_acknowledgement_is_named_by_its_message_and_code(tmp_path: Path) -> None:
    carrier = FileCarrier(tmp_path)
    receipt = dispatch(Channel.ACKNOWLEDGEMENT, recipient="urn:uuid:1/2", subject="ok", body="Modtaget")
    name = carrier.deliver(receipt, [])
    again = dispatch(
        Channel.ACKNOWLEDGEMENT, recipient="urn:uuid:1/2", subject="ok", body="Modtaget", idempotency_key="8:x:1:0"
    )
    assert carrier.deliver(again, []) == name
    assert (tmp_path / name).read_text() == "Besked: urn:uuid:1/2\nKode: ok\n\nModtaget\n"


def test_only_this_user_may_read_what_is_sent(tmp_path: Path) -> None:
    FileCarrier(tmp_path / "outbox").deliver(dispatch(Channel.LETTER), [document()])
    for path in (tmp_path / "outbox", *(tmp_path / "outbox").rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


def test_a_disk_that_refuses_is_told_as_not_delivered(tmp_path: Path) -> None:
    (tmp_path / "outbox").write_text("i vejen")
    with pytest.raises(NotDelivered, match="kunne ikke skrives"):
        FileCarrier(tmp_path / "outbox").deliver(dispatch(Channel.LETTER), [document()])


def test_names_are_plain_and_one_for_each_key() -> None:
    assert plain_name("a-b_c.9") == "a-b_c.9"
    tricky = ["7:st:9:0", "7-st:9:0", "../../etc/passwd", "..", "ærø", "x" * 200, "x" * 201]
    names = [plain_name(key) for key in tricky]
    assert len(set(names)) == len(tricky)
    for name in names:
        assert "/" not in name
        assert not name.startswith(".")
        assert len(name) < 110
