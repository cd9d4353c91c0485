"""Messages and signals from outside: who takes them, how long they are kept, and that a repeat does no harm."""

from datetime import timedelta

import pytest

from service.domain.access import SYSTEM
from service.domain.errors import WrongState
from service.usecases import cases, events, instances, messages, tasks
from service.usecases.advance import Advance
from service.usecases.bundle import Resource
from tests.engine import drawing as d


def put(office, *processes):
    office.world.deploy([Resource("beskeder.bpmn", d.definitions(*processes))])


def waiting(id_="P"):
    """Waits for m1 on its key and then has a task."""
    s, e, w, t = (f"{name}_{id_}" for name in ("s", "e", "vent", "opgave"))
    return d.process(id_, d.start(s), d.receive(w, "m1"), d.user(t), d.end(e), d.chain(s, w, t, e))


def started(office, id_="P", key="k"):
    return instances.start(office.world.platform, SYSTEM, id_, {"key": key}).key


def publish(office, name="m1", key="k", **more):
    return messages.publish(office.world.platform, SYSTEM, name, key, {"svar": 42}, **more)


def tasks_of(office, key):
    return [t.element_id for t in office.read(lambda uow: uow.tasks.open_of(key))]


class TestWaiting:
    def test_it_goes_to_whom_it_concerns_with_what_it_brings(self, office):
        put(office, waiting())
        mine, other = started(office), started(office, key="anden")
        assert publish(office).reached == (mine,)
        assert (tasks_of(office, mine), tasks_of(office, other)) == (["opgave_P"], [])
        assert instances.variables_of(office.world.platform, mine)[mine]["svar"] == 42

    def test_at_most_one_of_each_process_takes_it(self, office):
        put(office, waiting(), waiting("Q"))
        first, second, third = started(office), started(office), started(office, "Q")
        assert set(publish(office).reached) == {first, third}
        assert publish(office).reached == (second,)
        assert publish(office).taken is False

    def test_without_a_time_to_live_it_is_for_those_who_wait_now(self, office):
        put(office, waiting())
        assert publish(office).taken is False
        assert tasks_of(office, started(office)) == []


class TestKept:
    def test_until_somebody_comes_to_wait_once(self, office):
        put(office, waiting())
        assert publish(office, ttl_ms=60_000).buffered is True
        first, second = started(office), started(office)
        assert (tasks_of(office, first), tasks_of(office, second)) == (["opgave_P"], [])

    def test_for_every_process_once(self, office):
        put(office, waiting(), waiting("Q"))
        publish(office, ttl_ms=60_000)
        assert [tasks_of(office, started(office, id_)) for id_ in "PQPQ"] == [["opgave_P"], ["opgave_Q"], [], []]

    def test_those_who_had_it_do_not_get_it_again(self, office):
        put(office, waiting())
        first = started(office)
        assert publish(office, ttl_ms=60_000).reached == (first,)
        assert tasks_of(office, started(office)) == []

    def test_in_the_order_they_came(self, office):
        put(office, waiting())
        platform = office.world.platform
        for number in (1, 2):
            messages.publish(platform, SYSTEM, "m1", "k", {"nr": number}, ttl_ms=60_000)
        keys = [started(office) for _ in range(2)]
        assert [instances.variables_of(platform, key)[key]["nr"] for key in keys] == [1, 2]

    def test_no_longer_than_its_time(self, office):
        put(office, waiting())
        publish(office, ttl_ms=60_000)
        office.world.move_to(office.world.clock.now() + timedelta(minutes=2))
        assert tasks_of(office, started(office)) == []

    def test_the_same_message_again_is_told_and_does_nothing(self, office):
        put(office, waiting())
        key = started(office)
        assert publish(office, ttl_ms=60_000, message_id="brev-1").duplicate is False
        again = publish(office, ttl_ms=60_000, message_id="brev-1")
        assert (again.duplicate, again.taken) == (True, False)
        assert tasks_of(office, key) == ["opgave_P"]
        assert tasks_of(office, started(office)) == []


class TestStarting:
    def begin(self, office):
        body = (d.start("s", d.message("m1")), d.user("a"), d.end(), d.chain("s", "a", "e"))
        put(office, d.process("P", *body))

    def test_one_course_at_a_time_for_each_key(self, office):
        self.begin(office)
        [first] = publish(office).started
        assert publish(office).taken is False
        assert len(publish(office, key="anden").started) == 1
        [task] = office.read(lambda uow: uow.tasks.open_of(first))
        office.world.platform.transact(lambda uow: uow.tasks.assign(task, "nina"))
        tasks.complete(office.world.platform, office.person("nina"), task.key, {})
        assert len(publish(office).started) == 1

    def test_without_a_key_each_starts_one(self, office):
        self.begin(office)
        assert [len(publish(office, key="").started) for _ in range(2)] == [1, 1]


class TestSignals:
    def test_everybody_who_waits_now_hears_it(self, office):
        body = (d.start(), d.catch("hør", d.signal()), d.user("a"), d.end(), d.chain("s", "hør", "a", "e"))
        put(office, d.process("P", *body))
        keys = [started(office) for _ in range(2)]
        assert messages.signal(office.world.platform, SYSTEM, "sg", {}) == 2
        assert [tasks_of(office, key) for key in (*keys, started(office))] == [["a"], ["a"], []]


class TestReported:
    def test_only_what_is_waited_for_and_by_the_roles_of_the_manifest(self, office):
        case = office.receive()
        platform = office.world.platform
        for name, expected in (("lone", ["msg_nyt"]), ("marie", [])):
            person = office.person(name)
            offered = office.read(lambda uow, p=person: events.reportable(Advance(platform, uow, p), p, case))
            assert [event for event, _ in offered] == expected
        cases.report_with(platform, office.person("lone"), case.number, "msg_nyt", {"hvad": "x"})
        instances.cancel(platform, office.person("lone"), case.instance_key, "x")
        with pytest.raises(WrongState, match="venter ikke længere"):
            cases.report_with(platform, office.person("lone"), case.number, "msg_nyt", {"hvad": "x"})

    def test_a_process_that_sends_itself_round_is_stopped(self, office):
        send = d.job("send", "forloeb:besked", d.io([('="m1"', "navn"), ('="k"', "noegle")]))
        body = (d.start("s", d.message("m1")), send, d.end(), d.chain("s", "send", "e"))
        put(office, d.process("P", *body))
        with pytest.raises(WrongState, match="i ring"):
            publish(office)
