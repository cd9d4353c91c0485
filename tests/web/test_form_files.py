"""A file in a form: it becomes a document of the case, is kept with the draft, and is refused at its field."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient

from service.domain.attachments import Limits
from service.domain.errors import BadInput
from service.usecases import task_assignment, tasks
from tests.web.test_pages import enter, page, post, text_of
from tests.web.town import Town, open_town

PDF = b"%PDF-1.4 underskrevet"


@pytest.fixture
def town() -> Iterator[Town]:
    with open_town() as found:
        yield found


@pytest.fixture
def client(town: Town) -> FlaskClient:
    return enter(town, "mona.mentor")


def send(client: FlaskClient, key: int, name: str = "", content: bytes = PDF, **fields: Any) -> Any:
    files = {"_fil.papir": (BytesIO(content), name)} if name else {}
    client.get(f"/opgaver/{key}")
    return post(client, f"/opgaver/{key}", {"samtykke": "ja", "referat": "vigtigt", **fields, **files})


def chosen(html: str) -> list[str]:
    return [str(text) for text in page(html).xpath("//input[@type='hidden'][@name='papir']/@value")]


def documents(town: Town, key: int) -> list[Any]:
    def work(uow: Any) -> list[Any]:
        return list(uow.cases.documents(uow.tasks.get(key).case_key))

    return town.world.platform.read(work)


def record(town: Town, key: int) -> dict[str, Any]:
    def work(uow: Any) -> dict[str, Any]:
        records = uow.cases.records(uow.tasks.get(key).case_key)
        return dict(next(r.values for r in records if r.form_id == "proeve-samtale"))

    return town.world.platform.read(work)


def test_the_control_says_what_it_takes(town: Town, client: FlaskClient) -> None:
    found = page(client.get(f"/opgaver/{town.task()}").text)
    [control] = found.xpath("//input[@type='file'][@name='_fil.papir']")
    assert control.get("accept") == ".pdf,.png"
    hint = found.get_element_by_id(control.get("aria-describedby")).text_content()
    assert "Højst 20 MB. Det kan være: PDF, billede (PNG)." in hint
    assert found.xpath("//form[@id='skema']/@enctype") == ["multipart/form-data"]


def test_the_file_becomes_a_document_that_the_form_names(town: Town, client: FlaskClient) -> None:
    key = town.task()
    assert send(client, key, "papir.pdf").status_code == 302
    [document] = documents(town, key)
    assert (document.kind, document.title, document.file_name) == ("bilag", "Papir fra Anna Test Dal", "papir.pdf")
    assert record(town, key)["papir"] == {"dokument": str(document.key), "navn": "papir.pdf"}
    page_of_case = tasks.look_closed(town.world.platform, town.world.person("mona.mentor"), key, {}).case
    assert page_of_case is not None
    assert "papir.pdf" in text_of(client.get(f"/sager/{page_of_case.number}/skemaer/proeve-samtale/1").text)


def test_a_draft_keeps_the_file_without_javascript(town: Town, client: FlaskClient) -> None:
    key = town.task()
    assert send(client, key, "papir.pdf", _handling="kladde").status_code == 302
    html = client.get(f"/opgaver/{key}").text
    [text] = chosen(html)
    assert text == f"{documents(town, key)[0].key} papir.pdf"
    assert f"/dokumenter/{text.partition(' ')[0]}/vis" in html
    assert client.get(f"/dokumenter/{text.partition(' ')[0]}/vis").status_code == 200
    assert send(client, key, papir=text).status_code == 302
    assert record(town, key)["papir"]["navn"] == "papir.pdf"


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        (
            "papir.pdf",
            b"MZ\x90\x00",
            "Filen er ikke af en slags, der kan vedhæftes. Vedhæft en af disse: PDF, billede (PNG).",
        ),
        (
            "papir.txt",
            b"kun tekst",
            "Filen er ikke af en slags, der kan vedhæftes. Vedhæft en af disse: PDF, billede (PNG).",
        ),
        ("papir.pdf", b"", "Vælg en fil. Den, du sendte, er tom."),
    ],
)
def test_a_refused_file_is_told_at_its_field_and_nothing_is_lost(
    town: Town, client: FlaskClient, name: str, content: bytes, said: str
) -> None:
    key = town.task()
    [kept] = chosen(send(client, key, "foer.pdf", _glemfil="andet").text)
    answer = send(client, key, name, content, papir=kept)
    assert answer.status_code == 400
    found = page(answer.text)
    assert found.get_element_by_id("felt-papir-error").text_content().endswith(said)
    assert found.xpath("//*[@data-summary]//a/@href") == ["#felt-papir"]
    assert found.get_element_by_id("felt-referat").text.strip() == "vigtigt"
    assert chosen(answer.text) == [kept], "what was chosen before stays"
    assert len(documents(town, key)) == 1


def test_one_that_is_too_large_is_told_at_its_field_too(town: Town) -> None:
    mona, small = town.world.person("mona.mentor"), Limits(most_bytes=2 * 1024 * 1024)
    with pytest.raises(BadInput, match=r"Filen fylder for meget\. Den må højst fylde 2 MB\."):
        tasks.take_file(
            town.world.platform, mona, town.task(), "papir", "papir.pdf", PDF + b"0" * small.most_bytes, small
        )


def test_a_chosen_file_can_be_let_go(town: Town, client: FlaskClient) -> None:
    key = town.task()
    send(client, key, "papir.pdf", _handling="kladde")
    [text] = chosen(client.get(f"/opgaver/{key}").text)
    assert chosen(send(client, key, papir=text, _glemfil="papir").text) == []


def test_a_file_of_another_case_cannot_be_named(town: Town, client: FlaskClient) -> None:
    key = town.task()
    answer = send(client, key, papir="4711 fremmed.pdf")
    assert answer.status_code == 400
    assert "Filen under Underskrevet papir ligger ikke på sagen. Vælg den igen." in text_of(answer.text)


def test_only_who_may_do_the_task_may_add_to_it(town: Town, client: FlaskClient) -> None:
    key = town.task()
    task_assignment.take(town.world.platform, town.world.person("mona.mentor"), key)
    other = enter(town, "nora.nabo") if town.world.platform.read(lambda uow: uow.people.account("nora.nabo")) else None
    if other is not None:
        assert send(other, key, "papir.pdf").status_code == 403
    assert send(enter(town, "pia.procesejer"), key, "papir.pdf").status_code == 403
    assert documents(town, key) == []


def test_a_printed_form_names_the_file_and_an_empty_one_does_not_ask_for_it(town: Town, client: FlaskClient) -> None:
    key = town.task()
    send(client, key, "papir.pdf", _handling="kladde")
    assert "papir.pdf" in text_of(client.get(f"/opgaver/{key}/udskriv").text)
    empty = text_of(client.get("/skemaer/proeve-samtale").text)
    assert "Referat" in empty
    assert "Underskrevet papir" not in empty
