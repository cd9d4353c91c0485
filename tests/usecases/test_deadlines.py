"""Deadlines of a case: what a pause, an extension and a closed task do to them and to all that is bound to them."""

from datetime import date, datetime

import pytest

from service.domain.clock import LOCAL_ZONE
from service.domain.deadlines import end_of_day
from service.domain.errors import BadInput, Forbidden, FormInvalid, NotFound
from service.usecases import cases, deadlines, extensions, instances, messages, monitor
from service.usecases.advance import Advance
from tests.engine import drawing as d
from tests.usecases.office import IN_UNIT, MESSAGE, application, diagram
from tests.usecases.test_tasks import done_by


def at(day, hour, minute=0):
    return datetime(2026, 3, day, hour, minute, tzinfo=LOCAL_ZONE)


def day_of(instant):
    return instant.astimezone(LOCAL_ZONE).date().isoformat()


def deadline(office, case, drawn="behandling"):
    [found] = [d for d in office.read(lambda uow: uow.deadlines.of(case.key)) if d.drawn == drawn]
    return found


def row_ids(office, case, *drawn):
    return {deadline(office, case, name).id for name in drawn}


def change(office, case, verb, *arguments):
    """A change that a diagram's job would bring about."""
    dan, platform = office.person("dan"), office.world.platform
    platform.transact(lambda uow: verb(Advance(platform, uow, dan), case.key, *arguments))


def told(office, name):
    return [n.text for n in office.read(lambda uow: uow.notices.of(name))]


class TestPausing:
    def test_the_task_shows_it_and_nobody_is_reminded(self, office):
        case = office.receive()
        change(office, case, deadlines.pause, None)
        assert office.task(case).suspended is True
        assert office.case(case).paused_at is not None
        office.world.move_to(at(10, 9))
        assert told(office, "nina") == []

    def test_working_days_move_by_as_many_as_it_was_paused(self, office):
        case = office.receive()
        assert day_of(deadline(office, case).due) == "2026-03-04"
        office.world.move_to(at(3, 9))
        change(office, case, deadlines.pause, None)
        office.world.move_to(at(13, 9))
        change(office, case, deadlines.resume, frozenset())
        assert day_of(deadline(office, case).due) == "2026-03-16"
        assert office.task(case).due == deadline(office, case).due
        office.world.move_to(at(17, 0, 1))
        assert "Overskredet: Behandl ansøgningen" in told(office, "nina")
        assert office.case(case).paused_at is None

    def test_what_is_in_recompute_takes_what_its_expression_gives(self, office):
        case = office.receive()
        change(office, case, deadlines.extend, deadline(office, case).id, end_of_day(date(2026, 3, 20)), "Ferie")
        change(office, case, deadlines.pause, ("behandling",))
        change(office, case, deadlines.resume, frozenset({"behandling"}))
        assert (day_of(deadline(office, case).due), deadline(office, case).extended_until) == ("2026-03-04", None)

    def test_a_name_that_is_none(self, office):
        case = office.receive()
        with pytest.raises(BadInput, match="ingen frist ved navn andet"):
            change(office, case, deadlines.pause, ("andet",))
        assert office.case(case).paused_at is None


class TestTimers:
    def bind(self, office, expression):
        late = d.boundary("for_sent", "behandl", d.timer(expression, "timeDate"), d.frist("ret"), name="Retten")
        path = d.user("luk", IN_UNIT) + d.end("lukket") + d.chain("for_sent", "luk", "lukket")
        office.world.deploy([diagram(application(late + path))])

    @pytest.fixture
    def timed(self, office):
        """Its cases have an interrupting timer bound to the deadline `ret`, a working day away."""
        self.bind(office, "=arbejdsdage(1)")
        return office

    def test_nothing_bound_to_a_paused_deadline_fires(self, timed):
        case = timed.receive()
        change(timed, case, deadlines.pause, ("ret",))
        timed.world.move_to(at(12, 9))
        assert timed.open_tasks(case) == ["behandl"]

    def test_a_date_that_is_kept_and_has_passed_meanwhile_fires_at_once(self, office):
        self.bind(office, '=now() + duration("P3D")')
        case = office.receive()
        change(office, case, deadlines.pause, ("ret",))
        office.world.move_to(at(12, 9))
        assert office.open_tasks(case) == ["behandl"]
        change(office, case, deadlines.resume, frozenset())
        office.world.settle()
        assert office.open_tasks(case) == ["luk"]

    def test_one_without_a_date_is_open_as_long_as_something_waits_for_it(self, office):
        self.bind(office, "=ret")
        case = office.receive()
        look = lambda: cases.look(office.world.platform, office.person("lone"), case.number)  # noqa: E731
        assert [(x.drawn, x.due) for x in look().deadlines if x.id not in look().lapsed][-1] == ("ret", None)
        done_by(office, "nina", office.task(case))
        assert row_ids(office, case, "ret") <= look().lapsed

    def test_an_extension_moves_the_timer(self, timed):
        case = timed.receive()
        extensions.extend(
            timed.world.platform,
            timed.person("lone"),
            case.number,
            *row_ids(timed, case, "ret"),
            date(2026, 3, 10),
            "Ferie",
        )
        timed.world.move_to(at(10, 23, 59))
        assert timed.open_tasks(case) == ["behandl"]
        timed.world.move_to(at(11, 0, 1))
        assert timed.open_tasks(case) == ["luk"]

    def test_what_nothing_waits_for_any_more_is_neither_met_nor_overdue(self, timed):
        case = timed.receive()
        timed.world.move_to(at(4, 0, 1))
        page = cases.look(timed.world.platform, timed.person("lone"), case.number)
        assert page.lapsed == row_ids(timed, case, "ret", "behandling")
        assert monitor.look(timed.world.platform, timed.person("lone"), case.instance_key).lapsed == page.lapsed
        case = timed.receive()
        done_by(timed, "nina", timed.task(case))
        page = cases.look(timed.world.platform, timed.person("lone"), case.number)
        assert page.lapsed == row_ids(timed, case, "ret")
        assert [x.drawn for x in page.deadlines if x.met_at] == ["behandling"]


class TestExtending:
    def extend(self, office, name, case, until=date(2026, 3, 20), reason="Ferie", id_=None):
        id_ = id_ or deadline(office, case).id
        extensions.extend(office.world.platform, office.person(name), case.number, id_, until, reason)

    def test_it_is_told_who_and_why_and_moves_task_and_reminders(self, office):
        case = office.receive()
        self.extend(office, "lone", case)
        moved = deadline(office, case)
        assert (day_of(moved.due), moved.extended_by, moved.extension_reason) == ("2026-03-20", "lone", "Ferie")
        assert office.task(case).due == moved.due
        last = office.history(case)[-1]
        assert (last.kind, last.details["til"]) == ("deadline extended", "2026-03-20")
        office.world.move_to(at(10, 9))
        assert told(office, "nina") == []
        office.world.move_to(at(21, 9))
        assert "Overskredet: Behandl ansøgningen" in told(office, "nina")

    def test_later_changes_of_what_it_is_counted_from_leave_it(self, office):
        case = office.receive()
        self.extend(office, "lone", case)
        messages.publish(office.world.platform, office.person("dan"), "msg_nyt", case.number, {"team": "syd"})
        assert day_of(deadline(office, case).due) == "2026-03-20"

    @pytest.mark.parametrize("name", ["marie", "nina", "lars", "per", "dan", "ruth"])
    def test_only_by_the_leader_of_its_unit(self, office, name):
        case = office.receive()
        with pytest.raises(Forbidden):
            self.extend(office, name, case)
        assert day_of(deadline(office, case).due) == "2026-03-04"

    def test_forward_with_a_reason_and_only_what_is_there(self, office):
        case = office.receive()
        with pytest.raises(FormInvalid) as wrong:
            self.extend(office, "lone", case, date(2026, 3, 1), reason=" ")
        assert wrong.value.errors.keys() == {"til", "begrundelse"}
        with pytest.raises(NotFound, match="fristen andet"):
            self.extend(office, "lone", case, id_="andet")
        with pytest.raises(NotFound):
            extensions.extend(
                office.world.platform, office.person("lone"), "A-2026-999", "behandling", date(2026, 3, 20), "x"
            )


def test_a_diagram_pauses_and_resumes_by_its_own_jobs(office):
    pausing = d.event_sub(
        "ved_pause",
        d.message("m1"),
        d.job("pause", "forloeb:frist.pause") + d.end("p2"),
        "pause",
        "p2",
        interrupting=False,
    )
    keyed = MESSAGE.replace("msg_nyt", "m1")
    content = application(pausing).replace(
        d.SHARED.encode(), d.SHARED.replace(d.SHARED[: d.SHARED.index("<bpmn:signal")], keyed).encode()
    )
    office.world.deploy([diagram(content)])
    case = office.receive()
    messages.publish(office.world.platform, office.person("dan"), "m1", case.number, {})
    office.world.settle()
    assert deadline(office, case).paused_at == office.world.clock.now()
    instances.cancel(office.world.platform, office.person("lone"), case.instance_key, "x")


class TestTwiceAtOnce:
    """A task that an event opens each time it happens, with a deadline of its own each time."""

    @pytest.fixture
    def twice(self, office):
        counted = (IN_UNIT, d.due("=arbejdsdage(1)"), d.frist("se"))
        news = d.event_sub(
            "igen", d.message("m1"), d.user("se", *counted) + d.end("i2"), "se", "i2", interrupting=False
        )
        keyed = MESSAGE.replace("msg_nyt", "m1")
        shared = d.SHARED[: d.SHARED.index("<bpmn:signal")]
        content = application(news).replace(d.SHARED.encode(), d.SHARED.replace(shared, keyed).encode())
        office.world.deploy([diagram(content)])
        case = office.receive()
        for day in (2, 9):
            office.world.move_to(at(day, 9))
            messages.publish(office.world.platform, office.person("dan"), "m1", case.number, {})
        return case

    def seen(self, office, case):
        page = cases.look(office.world.platform, office.person("lone"), case.number)
        return [x for x in page.deadlines if x.drawn == "se"]

    def test_each_is_counted_and_met_for_itself(self, office, twice):
        assert [day_of(x.due) for x in self.seen(office, twice)] == ["2026-03-03", "2026-03-10"]
        first = min(
            office.read(lambda uow: [t for t in uow.tasks.open_of(twice.instance_key) if t.element_id == "se"]),
            key=lambda task: task.due,
        )
        done_by(office, "nina", first)
        assert [(day_of(x.due), x.met_at is not None) for x in self.seen(office, twice)] == [
            ("2026-03-10", False),
            ("2026-03-03", True),
        ]

    def test_by_its_name_a_pause_holds_all_and_an_extension_must_know_which(self, office, twice):
        change(office, twice, deadlines.pause, ("se",))
        assert all(x.paused_at for x in self.seen(office, twice))
        with pytest.raises(BadInput, match="flere frister ved navn se"):
            office.read(lambda uow: deadlines.running(uow, twice.key, "se"))
        later = self.seen(office, twice)[-1]
        change(office, twice, deadlines.resume, frozenset())
        extensions.extend(
            office.world.platform, office.person("lone"), twice.number, later.id, date(2026, 3, 20), "Ferie"
        )
        assert [day_of(x.due) for x in self.seen(office, twice)] == ["2026-03-03", "2026-03-20"]

    def test_of_those_that_are_over_only_the_last_is_told(self, office, twice):
        for _ in range(2):
            tasks = office.read(lambda uow: uow.tasks.open_of(twice.instance_key))
            done_by(office, "nina", min((t for t in tasks if t.element_id == "se"), key=lambda task: task.due))
        assert len(self.seen(office, twice)) == 1
