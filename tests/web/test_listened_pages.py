"""A task whose listeners are asked: its page says so, and why they said no."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from service.domain.handling import HandlerInfo, HandlerResult
from service.testing import World
from service.usecases import instances
from service.usecases.bundle import Resource
from service.workers.loop import run_jobs
from tests.engine import drawing as d
from tests.web.test_pages import enter, page, post, text_of
from tests.web.town import Town, open_town

ASKED = d.listeners(("completing", "kontrol"), ("updating", "kontrol"), ("canceling", "kontrol"))
TASK = d.user(
    "x",
    ASKED,
    '<zeebe:assignmentDefinition candidateGroups="sagsbehandler@nord"/>',
    name="Giv besked igen",
)


@pytest.fixture(scope="module")
def town() -> Iterator[Town]:
    with open_town() as found:
        drawn = d.diagram(d.start(), TASK, d.end(), d.chain("s", "x", "e"))
        found.world.deploy([Resource("P.bpmn", drawn)])
        yield found


def started(town: Town) -> tuple[int, int]:
    """Key of a new course and of its task."""
    key = instances.start(town.world.platform, town.world.person("dan.drift"), "P", {}).key
    [task] = town.world.platform.read(lambda uow: uow.tasks.open_of(key))
    return key, task.key


def answer(world: World, result: HandlerResult) -> None:
    served = {"kontrol": HandlerInfo("kontrol", "", (), (), lambda _, **given: result, takes_any=True)}
    while run_jobs(world.platform, served, limit=10):
        pass


def test_a_task_that_is_handed_in_says_so_and_comes_back_with_the_reason(town: Town) -> None:
    client, (_, key) = enter(town, "mona.mentor"), started(town)
    client.get(f"/opgaver/{key}")
    handed = post(client, f"/opgaver/{key}", {})
    assert "Opgaven »Giv besked igen« bliver kontrolleret" in text_of(client.get(handed.headers["Location"]).text)
    row = page(client.get("/opgaver").text).xpath(f"//a[@href='/opgaver/{key}']/ancestor::td")[0]
    assert "Kontrolleres" in row.text_content()
    waiting = client.get(f"/opgaver/{key}").text
    assert "Opgaven er sendt ind og bliver kontrolleret." in text_of(waiting)
    assert [b.text_content().strip() for b in page(waiting).xpath("//main//button")] == []
    answer(town.world, HandlerResult(denied="Der mangler et bilag"))
    assert "Kontrolleres" not in client.get("/opgaver").text
    back = client.get(f"/opgaver/{key}").text
    assert "Det blev ikke godkendtDer mangler et bilag" in text_of(back)
    assert "Fuldfør" in [b.text_content().strip() for b in page(back).xpath("//main//button")]
    assert "Blev ikke godkendt: Giv besked igen" in text_of(client.get("/notitser").text)


def test_a_course_is_cancelled_later_or_at_once(town: Town) -> None:
    client, (course, _) = enter(town, "dan.drift"), started(town)
    assert page(client.get(f"/instanser/{course}").text).get_element_by_id("straks").get("type") == "checkbox"
    fields = {"begrundelse": "Oprettet ved en fejl"}
    later = post(client, f"/instanser/{course}/annuller", fields)
    said = text_of(client.get(later.headers["Location"]).text)
    assert "Forløbet bliver annulleret, når dets kontroller har svaret." in said
    assert "Kontrollen af opgaven Giv besked igen" in said
    twice = post(client, f"/instanser/{course}/annuller", fields)
    assert twice.status_code == 409
    assert "allerede ved at blive annulleret" in text_of(twice.text)
    at_once = post(client, f"/instanser/{course}/annuller", {**fields, "straks": "ja"})
    assert "Forløbet er annulleret." in text_of(client.get(at_once.headers["Location"]).text)


def test_a_course_without_such_listeners_asks_no_more_than_before(town: Town) -> None:
    client = enter(town, "dan.drift")
    assert "straks" not in client.get(f"/instanser/{town.instances()[0].key}").text
