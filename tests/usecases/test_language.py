"""What the diagram language offers, kept in the store between all acts: loops, conditions, compensation, several events."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest

from service.domain.access import SYSTEM
from service.domain.clock import LOCAL_ZONE
from service.domain.instances import InstanceStatus, VariablesSet
from service.domain.waits import IncidentType
from service.engine import runtime
from service.testing import World
from service.usecases import incidents, instances, messages, people, tasks
from service.usecases.advance import Advance
from service.usecases.bundle import Resource
from service.workers.loop import fire_timers
from tests.engine import drawing as d

STAFF = """
personer:
  - {brugernavn: dan, navn: Dan Test Drift, roller: [drift, leder]}
  - {brugernavn: mia, navn: Mia Test, roller: [alle]}
"""
BOOKED = d.user("book") + d.undone("book", d.user("book_u")) + d.user("ring", inner=d.again("=igen"))
TRANSACTION = d.sub(
    "k", d.start("ks") + BOOKED + d.end("ke", d.cancel()) + d.chain("ks", "book", "ring", "ke")
).replace("subProcess", "transaction")
DIAGRAM = d.diagram(
    d.start(),
    TRANSACTION,
    d.end("uden"),
    d.chain("s", "k", "uden"),
    d.boundary("fri", "k", d.cancel()),
    d.user("vent"),
    d.boundary("nok", "vent", d.condition("=antal > 2") + d.timer("P30D")),
    d.end("e"),
    d.end("for_sent"),
    d.chain("fri", "vent", "e"),
    d.chain("nok", "for_sent"),
)


@pytest.fixture
def world() -> Iterator[World]:
    with World(datetime(2026, 3, 2, 9, tzinfo=LOCAL_ZONE)) as made:
        people.put_staff(made.platform, people.read_staff(STAFF.encode(), "personer.yaml"), "demo")
        made.deploy([Resource("P.bpmn", DIAGRAM)])
        yield made


def open_tasks(world: World, key: int) -> dict[str, int]:
    return {task.element_id: task.key for task in world.platform.read(lambda uow: uow.tasks.open_of(key))}


def do(world: World, key: int, element: str, **values: object) -> None:
    tasks.complete_with(world.platform, world.person("mia"), open_tasks(world, key)[element], values)


def cancelled(world: World) -> int:
    """A course whose transaction was cancelled and rolled back; it waits outside it."""
    key = instances.start(world.platform, world.person("dan"), "P", {"antal": 0}).key
    do(world, key, "book")
    do(world, key, "ring", igen=True)
    do(world, key, "ring", igen=False)
    assert set(open_tasks(world, key)) == {"book_u"}
    do(world, key, "book_u")
    assert set(open_tasks(world, key)) == {"vent"}
    return key


def end_of(world: World, key: int) -> tuple[InstanceStatus, str | None]:
    found = world.platform.read(lambda uow: uow.instances.get(key))
    assert found is not None
    return found.status, found.end_event


def test_a_transaction_is_rolled_back(world: World) -> None:
    key = cancelled(world)
    do(world, key, "vent")
    assert end_of(world, key) == (InstanceStatus.COMPLETED, "e")


def test_one_of_several_events_takes_the_others_away(world: World) -> None:
    key = cancelled(world)
    other = cancelled(world)
    do(world, key, "vent", antal=3)
    assert end_of(world, key)[1] == "e"
    world.clock.move_to(datetime(2026, 4, 2, 9, tzinfo=LOCAL_ZONE))
    assert fire_timers(world.platform, 10) == 1
    assert end_of(world, other) == (InstanceStatus.COMPLETED, "for_sent")
    assert open_tasks(world, other) == {}


def test_a_condition_that_comes_true(world: World) -> None:
    key = cancelled(world)
    stimulus, dan = VariablesSet(key, {"antal": 3}), world.person("dan")
    world.platform.transact(lambda uow: Advance(world.platform, uow, dan).move(key, stimulus))
    assert end_of(world, key) == (InstanceStatus.COMPLETED, "for_sent")
    world.clock.move_to(datetime(2026, 5, 2, 9, tzinfo=LOCAL_ZONE))
    assert fire_timers(world.platform, 10) == 0


EVERYTHING = d.definitions(
    d.process(
        "Hvad_som_helst",
        d.start("hs", d.message("m2") + d.signal() + d.timer("R/P1D", "timeCycle")),
        d.user("hu"),
        d.end("he"),
        d.chain("hs", "hu", "he"),
    ),
)
BEGUN = d.definitions(
    d.process(
        "Begynd",
        d.receive("r").replace(" messageRef", ' instantiate="true" messageRef'),
        d.user("u"),
        d.end(),
        d.chain("r", "u", "e"),
    ),
    d.process(
        "Vent",
        d.start("vs"),
        d.gate("eventBased", "g"),
        d.receive("svar", "m2"),
        d.catch("t", d.timer("P1D")),
        d.user("vu"),
        d.end("ve"),
        d.end("for_sent"),
        d.chain("vs", "g", "svar", "vu", "ve"),
        d.chain("g", "t", "for_sent"),
    ),
    d.process(
        "Ring",
        d.start("rs"),
        d.gate("exclusive", "x"),
        d.script("n", "=n + 1", "n"),
        d.gate("exclusive", "y", "ud"),
        d.user("ru"),
        d.end("re"),
        d.chain("rs", "x", "n", "y"),
        d.flow("y", "x", "=n < 150"),
        d.flow("y", "ru", None, "ud"),
        d.chain("ru", "re"),
    ),
)


def publish(world: World, name: str, key: str) -> tuple[int, ...]:
    """Keys of the instances that it began."""
    return messages.publish(world.platform, SYSTEM, name, key, {}).started


def test_a_message_to_a_receive_task_begins_a_process(world: World) -> None:
    world.deploy([Resource("begyndt.bpmn", BEGUN)])
    (instance,) = publish(world, "m1", "k")
    assert set(open_tasks(world, instance)) == {"u"}
    do(world, instance, "u")
    assert end_of(world, instance) == (InstanceStatus.COMPLETED, "e")


def test_one_symbol_with_several_events_begins_a_process_by_each(world: World) -> None:
    world.deploy([Resource("alt.bpmn", EVERYTHING)])
    (by_message,) = publish(world, "m2", "k")
    assert set(open_tasks(world, by_message)) == {"hu"}
    dan = world.person("dan")
    begun = world.platform.transact(lambda uow: Advance(world.platform, uow, dan).signal("sg", {}))
    assert begun == 1
    world.clock.move_to(datetime(2026, 3, 3, 9, tzinfo=LOCAL_ZONE))
    assert fire_timers(world.platform, 10) == 1


def test_the_message_to_a_receive_task_takes_the_timer_beside_it_away(world: World) -> None:
    world.deploy([Resource("begyndt.bpmn", BEGUN)])
    dan = world.person("dan")
    first, second = (instances.start(world.platform, dan, "Vent", {"key": key}).key for key in ("k1", "k2"))
    publish(world, "m2", "k1")
    do(world, first, "vu")
    world.clock.move_to(datetime(2026, 3, 4, 9, tzinfo=LOCAL_ZONE))
    assert fire_timers(world.platform, 10) == 1
    assert (end_of(world, first)[1], end_of(world, second)[1]) == ("ve", "for_sent")


def test_a_course_that_runs_in_circles_is_seen_and_goes_on(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime, "MAX_RUNS", 300)
    world.deploy([Resource("begyndt.bpmn", BEGUN)])
    dan = world.person("dan")
    key = instances.start(world.platform, dan, "Ring", {"n": 0}).key
    (incident,) = world.platform.read(lambda uow: uow.incidents.open_of(key))
    assert incident.type == IncidentType.ENDLESS_LOOP
    assert "300 trin i træk" in incident.message
    incidents.retry(world.platform, dan, incident.key)
    assert set(open_tasks(world, key)) == {"ru"}
    assert world.platform.read(lambda uow: uow.incidents.open_of(key)) == []
