"""Listeners of user tasks: asked one by one before a task is created, assigned, changed or completed."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from service.domain.errors import BadInput, TaskMovedOn, WrongState
from service.domain.instances import ErrorThrown, JobCompleted, TaskChanged, TaskCompleted
from service.domain.waits import JobWait, ListenerEvent, UserTaskWait

from .conftest import Runner
from .drawing import ad_hoc, boundary, chain, diagram, due, end, frist, io, listeners, many, signal, start, user
from .driver import Run

HEADER = "io.camunda.zeebe:"
EVERY = (
    ("creating", "c1"),
    ("completing", "f1"),
    ("creating", "c2"),
    ("assigning", "a1"),
    ("updating", "u1"),
    ("completing", "f2"),
)


def one(*extensions: str, more: str = "", pairs: tuple[tuple[str, str], ...] = EVERY) -> bytes:
    assigned = "" if any("assignmentDefinition" in e for e in extensions) else ASSIGNED
    return diagram(start(), user("x", listeners(*pairs), assigned, *extensions), end(), chain("s", "x", "e"), more)


ASSIGNED = '<zeebe:assignmentDefinition candidateGroups="g1,g2"/>'
TO_ANNA = '<zeebe:assignmentDefinition assignee="anna" candidateGroups="g1"/>'


def asked(r: Run) -> str:
    """The listener that is asked now; at most one at a time."""
    jobs = [w for w in r.waits.values() if isinstance(w, JobWait)]
    assert len(jobs) <= 1
    return f"{jobs[0].listener} {jobs[0].type}" if jobs else ""


def answer(r: Run, denied: str | None = None, **corrections: object) -> Run:
    job = next(w for w in r.waits.values() if isinstance(w, JobWait))
    return r.apply(JobCompleted(job.key, {}, corrections, denied))


def the_task(r: Run) -> UserTaskWait:
    return next(w for w in r.waits.values() if isinstance(w, UserTaskWait))


def created(r: Run) -> Run:
    answer(answer(r))
    assert asked(r) == ""
    return r


def test_nobody_sees_a_task_before_its_listeners_have_answered(run: Runner) -> None:
    r = run(one(io([("=1", "a")])))
    assert asked(r) == "creating c1"
    assert r.wait("x").variables == {"a": 1}
    assert r.wait("x").headers[f"{HEADER}candidateGroups"] == '["g1", "g2"]'
    answer(r, priority=80, candidateGroups=["g3"], assignee=None, dueDate="2026-05-01T10:00:00+02:00")
    assert asked(r) == "creating c2"
    assert r.wait("x").headers[f"{HEADER}priority"] == "80"
    answer(r, candidateUsers=["ole"])
    task = the_task(r)
    assert (task.priority, task.candidate_groups, task.candidate_users, task.assignee) == (80, ("g3",), ("ole",), None)
    assert task.due == datetime(2026, 5, 1, 8, tzinfo=UTC)
    assert task.prefill == {"a": 1}


def test_completing_waits_and_keeps_what_was_filled_in(run: Runner) -> None:
    r = created(run(one()))
    key = the_task(r).key
    r.apply(TaskCompleted(key, {"svar": 1}, "mette"))
    assert asked(r) == "completing f1"
    for impossible in (TaskCompleted(key, {}), TaskChanged(key, ListenerEvent.ASSIGNING, {"assignee": "ole"})):
        with pytest.raises(WrongState):
            r.apply(impossible)
    answer(r)
    assert asked(r) == "completing f2"
    assert not r.done
    assert answer(r).done
    assert r.variables == {"svar": 1}
    assert [c.by for c in r.step.closed if c.key == key] == ["mette"]


def test_a_completion_that_is_denied_leaves_the_task_as_it_was(run: Runner) -> None:
    r = created(run(one()))
    r.do("x", svar=1)
    answer(r, "bilag mangler")
    assert (asked(r), r.variables) == ("", {})
    r.do("x", svar=2)
    assert answer(answer(r)).done
    assert r.variables == {"svar": 2}


def test_assigning(run: Runner) -> None:
    r = created(run(one()))
    key = the_task(r).key
    r.apply(TaskChanged(key, ListenerEvent.ASSIGNING, {"assignee": "anna"}))
    assert asked(r) == "assigning a1"
    job = next(w for w in r.waits.values() if isinstance(w, JobWait))
    assert job.headers[f"{HEADER}assignee"] == "anna"
    assert the_task(r).assignee is None
    answer(r, priority=10)
    assert (the_task(r).assignee, the_task(r).priority) == ("anna", 10)
    r.apply(TaskChanged(key, ListenerEvent.ASSIGNING, {"assignee": "ole"}))
    answer(r, "ole er på ferie")
    assert the_task(r).assignee == "anna"
    r.apply(TaskChanged(key, ListenerEvent.ASSIGNING, {"assignee": ""}))
    answer(r, assignee="ida")
    assert the_task(r).assignee == "ida"


@pytest.mark.parametrize(("denied", "assignee"), [(None, "anna"), ("nej", None)])
def test_a_task_drawn_for_somebody_is_assigned_after_it_is_created(
    run: Runner, denied: str | None, assignee: str | None
) -> None:
    r = run(one(TO_ANNA))
    answer(answer(r))
    assert asked(r) == "assigning a1"
    answer(r, denied)
    assert the_task(r).assignee == assignee


def test_updating(run: Runner) -> None:
    r = created(run(one()))
    key = the_task(r).key
    r.apply(TaskChanged(key, ListenerEvent.UPDATING, {"dueDate": "2026-05-01T10:00:00Z", "candidateUsers": ["ole"]}))
    assert the_task(r).due is None
    answer(r)
    assert the_task(r).due == datetime(2026, 5, 1, 10, tzinfo=UTC)
    assert the_task(r).candidate_users == ("ole",)
    r.apply(TaskChanged(key, ListenerEvent.UPDATING, {"dueDate": "", "priority": 3}))
    answer(r, "nej")
    assert the_task(r).due is not None
    assert the_task(r).priority == 50


def test_answers_that_cannot_be(run: Runner) -> None:
    r = run(one())
    job = r.wait("x").key
    for wrong in (
        JobCompleted(job, {"a": 1}),
        JobCompleted(job, {}, {}, "creation cannot be denied"),
        JobCompleted(job, {}, {"navn": "x"}),
        JobCompleted(job, {}, {"priority": 101}),
        JobCompleted(job, {}, {"candidateGroups": "g1"}),
        JobCompleted(job, {}, {"dueDate": "i morgen"}),
        ErrorThrown(job, "E1"),
    ):
        with pytest.raises(BadInput):
            r.apply(wrong)
    assert asked(created(r)) == ""
    r.do("x")
    with pytest.raises(BadInput):
        answer(r, "nej", priority=1)
    assert answer(answer(r)).done


def test_only_listeners_correct_and_deny(run: Runner) -> None:
    plain = run(diagram(start(), user("x"), end(), chain("s", "x", "e")))
    with pytest.raises(BadInput):
        plain.apply(TaskChanged(plain.wait("x").key, ListenerEvent.ASSIGNING, {"assignee": "a"}))


def test_a_bound_deadline_is_not_corrected(run: Runner) -> None:
    r = run(one(due('="2026-05-01T10:00:00Z"'), frist("svar")))
    with pytest.raises(BadInput):
        answer(r, dueDate="2026-06-01T10:00:00Z")
    task = the_task(created(r))
    assert task.deadline is not None
    assert task.due == datetime(2026, 5, 1, 10, tzinfo=UTC)


def test_a_listener_is_told_where_a_bound_deadline_stands_now(run: Runner) -> None:
    bound = (due("=date and time(frist)"), frist("svar"))
    r = created(run(one(*bound), {"frist": "2026-05-01T10:00:00Z"}))
    r.set(frist="2026-06-01T10:00:00Z")
    r.do("x")
    job = next(w for w in r.waits.values() if isinstance(w, JobWait))
    assert job.headers[HEADER + "dueDate"] == "2026-06-01T10:00:00+00:00"


def test_a_listener_whose_job_cannot_be_told(run: Runner) -> None:
    r = run(one(pairs=(("creating", "=hvem"), ("completing", "=hvem"))))
    assert r.frozen == [("x", "EXTRACT_VALUE_ERROR")]
    r.set(hvem="c").retry("x")
    assert asked(r) == "creating c"
    answer(r)
    r.set(hvem=None).do("x", svar=1)
    assert r.frozen == [("x", "EXTRACT_VALUE_ERROR")]
    r.set(hvem="f").retry("x")
    assert asked(r) == "completing f"
    assert answer(r).done
    assert r.variables["svar"] == 1


def test_a_task_can_be_interrupted_while_a_listener_is_asked(run: Runner) -> None:
    edge = boundary("b", "x", signal()) + end("be") + chain("b", "be")
    r = run(one(more=edge))
    job = r.wait("x").key
    r.signal()
    assert r.done
    with pytest.raises(TaskMovedOn):
        r.apply(JobCompleted(job))


CORRECTIONS = {
    "assignee": ("ole", "", "ole", None),
    "candidateGroups": (["g3"], [], ("g3",), ()),
    "candidateUsers": (["ida"], [], ("ida",), ()),
    "dueDate": ("2026-05-01T10:00:00Z", "", datetime(2026, 5, 1, 10, tzinfo=UTC), None),
    "followUpDate": ("2026-05-02T10:00:00Z", "", datetime(2026, 5, 2, 10, tzinfo=UTC), None),
    "priority": (9, None, 9, 9),
}
FIELDS = {"dueDate": "due", "followUpDate": "follow_up", "candidateGroups": "candidate_groups"}
FIELDS |= {"candidateUsers": "candidate_users"}


@pytest.mark.parametrize("attribute", CORRECTIONS)
@pytest.mark.parametrize("event", ["creating", "updating", "completing"])
def test_every_attribute_may_be_corrected_and_cleared_by_each(run: Runner, event: str, attribute: str) -> None:
    given, clear, stands, cleared = CORRECTIONS[attribute]
    r = run(one(pairs=((event, "l1"), (event, "l2"), ("completing", "sidst"))))
    if event == "updating":
        r.apply(TaskChanged(the_task(r).key, ListenerEvent.UPDATING, {"priority": 60}))
    if event == "completing":
        r.do("x", svar=1)
    answer(r, **{attribute: given})
    told = next(w for w in r.waits.values() if isinstance(w, JobWait)).headers[HEADER + attribute]
    assert told not in ("null", "[]")
    answer(r, **{attribute: clear})
    if event == "completing":
        assert asked(r) == "completing sidst"
        assert [w for w in r.waits.values() if isinstance(w, UserTaskWait)], "nothing is corrected before it happens"
        return
    assert getattr(the_task(r), FIELDS.get(attribute, attribute)) == cleared
    r = run(one(pairs=((event, "l1"),)))
    if event == "updating":
        r.apply(TaskChanged(the_task(r).key, ListenerEvent.UPDATING, {"followUpDate": "2026-06-01T10:00:00Z"}))
    answer(r, **{attribute: given})
    assert getattr(the_task(r), FIELDS.get(attribute, attribute)) == stands


def test_a_denial_stops_the_row_of_listeners_and_takes_back_what_the_first_corrected(run: Runner) -> None:
    r = run(one(pairs=(("updating", "u1"), ("updating", "u2"), ("updating", "u3"))))
    r.apply(TaskChanged(the_task(r).key, ListenerEvent.UPDATING, {"priority": 60}))
    answer(r, candidateUsers=["ole"])
    assert asked(r) == "updating u2"
    answer(r, "nej")
    assert (asked(r), the_task(r).priority, the_task(r).candidate_users) == ("", 50, ())


def test_a_listener_reads_what_was_filled_in_and_what_is_to_change(run: Runner) -> None:
    r = run(one(io([("=1", "a")]), pairs=(("completing", "f"), ("updating", "u"))))
    r.apply(TaskChanged(the_task(r).key, ListenerEvent.UPDATING, {"priority": 60, "candidateUsers": ["ole"]}))
    job = next(w for w in r.waits.values() if isinstance(w, JobWait))
    assert job.headers[HEADER + "changedAttributes"] == '["candidateUsers", "priority"]'
    assert job.variables == {"a": 1}
    answer(r)
    r.do("x", svar=7)
    job = next(w for w in r.waits.values() if isinstance(w, JobWait))
    assert job.variables == {"a": 1, "svar": 7}


@pytest.mark.parametrize("sequential", [True, False])
def test_each_instance_of_several_has_its_own_listeners(run: Runner, sequential: bool) -> None:
    loop = many("=[1, 2]", "n", "alle", "=svar", sequential=sequential)
    r = run(diagram(start(), user("x", listeners(("creating", "c"), ("completing", "f")), inner=loop), end(), PATH))
    for number in (1, 2):
        while len([w for w in r.waits.values() if isinstance(w, UserTaskWait)]) == 0 or len(jobs(r)):
            answer(r)
        task = the_task(r)
        r.apply(TaskCompleted(task.key, {"svar": number}))
        answer(r)
    assert r.done
    assert r.variables == {"alle": [1, 2]}


def test_activities_of_an_ad_hoc_sub_process_have_listeners(run: Runner) -> None:
    box = ad_hoc("k", user("y", listeners(("creating", "c"), ("completing", "f"))), until="=faerdig")
    r = run(diagram(start(), box, end(), chain("s", "k", "e")))
    r.activate("k", "y", "y")
    assert len(jobs(r)) == 2
    answer(answer(r))
    first = the_task(r)
    r.apply(TaskCompleted(first.key, {"faerdig": True}))
    assert not r.done
    assert answer(r).done, "what is not needed any more goes at once where nobody is asked of that"


def jobs(r: Run) -> list[JobWait]:
    return [w for w in r.waits.values() if isinstance(w, JobWait)]


PATH = chain("s", "x", "e")
