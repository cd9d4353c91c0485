"""What a user task tells its wait, and what can be wrong with it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from service.domain.waits import UserTaskWait

from .conftest import Runner
from .drawing import chain, diagram, due, end, io, start, user
from .driver import T0, MemoryCatalog

FORM = '<zeebe:formDefinition formId="D1"/>'


def one(*extensions: str, name: str | None = None) -> bytes:
    return diagram(start(), user("a", *extensions, name=name), end(), chain("s", "a", "e"))


def wait_of(run: Runner, content: bytes, variables: object = None) -> UserTaskWait:
    wait = run(content, variables).wait("a")
    assert isinstance(wait, UserTaskWait)
    return wait


def test_assignment_literal_and_by_expression(run: Runner) -> None:
    wait = wait_of(
        run, one('<zeebe:assignmentDefinition assignee="anna" candidateGroups=" a, b ,, c@x" candidateUsers="u1,u2"/>')
    )
    assert (wait.assignee, wait.candidate_groups, wait.candidate_users) == ("anna", ("a", "b", "c@x"), ("u1", "u2"))
    drawn = one('<zeebe:assignmentDefinition assignee="=hvem" candidateGroups="=grupper"/>')
    wait = wait_of(run, drawn, {"hvem": "bo", "grupper": ["a", ""]})
    assert (wait.assignee, wait.candidate_groups) == ("bo", ("a",))
    assert wait_of(run, drawn, {"hvem": None, "grupper": []}).assignee is None
    assert wait_of(run, drawn, {"hvem": "", "grupper": []}).assignee is None
    for wrong in (
        {"hvem": 3, "grupper": []},
        {"hvem": "x", "grupper": "a"},
        {"hvem": "x"},
        {"hvem": "x", "grupper": [1]},
    ):
        assert run(drawn, wrong).frozen == [("a", "EXTRACT_VALUE_ERROR")]


def test_dates(run: Runner) -> None:
    wait = wait_of(run, one(due("2026-05-01T12:00:00+02:00", "2026-04-01T12:00:00Z")))
    assert (wait.due, wait.follow_up) == (
        datetime.fromisoformat("2026-05-01T10:00:00Z"),
        datetime.fromisoformat("2026-04-01T12:00:00Z"),
    )
    assert wait_of(run, one(due('=now() + duration("PT2H")'))).due == T0 + timedelta(hours=2)
    assert wait_of(run, one(due("=frist")), {"frist": ""}).due is None
    assert wait_of(run, one(due("=frist"))).due is None
    assert wait_of(run, one(due("=frist")), {"frist": "2026-05-01T10:00:00Z"}).due == datetime.fromisoformat(
        "2026-05-01T10:00:00Z"
    )
    for wrong in ("2026-05-01T10:00:00", "2026-05-01", "i morgen", 3):
        r = run(one(due("=frist")), {"frist": wrong})
        assert r.frozen == [("a", "EXTRACT_VALUE_ERROR")]
        assert r.set(frist="2026-05-01T10:00:00Z").retry("a").open == ["a"]


def test_working_days_from_now_a_date_and_an_instant(run: Runner) -> None:
    easter = {"modtaget": "2026-03-30", "tid": "2026-03-31T23:30:00+02:00"}
    for expression, expected in (
        ("=arbejdsdage(1)", "2026-03-03T22:59:59Z"),
        ("=hverdage(5)", "2026-03-09T22:59:59Z"),
        ("=arbejdsdage(date(modtaget), 5)", "2026-04-09T21:59:59Z"),
        ("=arbejdsdage(modtaget, 5)", "2026-04-09T21:59:59Z"),
        ("=arbejdsdage(tid, 1)", "2026-04-01T21:59:59Z"),
        ("=arbejdsdage(date and time(tid), 1)", "2026-04-01T21:59:59Z"),
        ("=arbejdsdage(fra: date(modtaget), antal: 0)", "2026-03-30T21:59:59Z"),
    ):
        assert wait_of(run, one(due(expression)), easter).due == datetime.fromisoformat(expected), expression
    for nothing in (
        "=arbejdsdage(null, 1)",
        "=arbejdsdage(-1)",
        '=arbejdsdage("x", 1)',
        "=arbejdsdage(1.5)",
        "=arbejdsdage()",
        "=arbejdsdage(1,2,3)",
    ):
        assert wait_of(run, one(due(nothing))).due is None


@pytest.mark.parametrize(("given", "priority"), [("10", 10), ("=p", 70), ('="5"', 5)])
def test_priority(run: Runner, given: str, priority: int) -> None:
    assert wait_of(run, one(f"<zeebe:priorityDefinition priority='{given}'/>"), {"p": 70}).priority == priority


def test_priority_by_default_and_out_of_bounds(run: Runner) -> None:
    assert wait_of(run, one()).priority == 50
    for wrong in (101, -1, 1.5, "x", None):
        assert run(one('<zeebe:priorityDefinition priority="=p"/>'), {"p": wrong}).frozen == [
            ("a", "EXTRACT_VALUE_ERROR")
        ]


def test_forms(run: Runner) -> None:
    catalog = MemoryCatalog()
    catalog.deploy(one(FORM))
    r = run(catalog)
    assert r.frozen == [("a", "FORM_NOT_FOUND")]
    key = catalog.add_form("D1")
    wait = r.retry("a").wait("a")
    assert (wait.form_id, wait.form_key) == ("D1", key)
    assert wait_of(run, one('<zeebe:formDefinition externalReference="https://x"/>')).external_form == "https://x"
    assert wait_of(run, one()).form_id is None


def test_prefill_headers_and_name(run: Runner) -> None:
    headers = '<zeebe:taskHeaders><zeebe:header key="a" value="1"/><zeebe:header key="b"/></zeebe:taskHeaders>'
    wait = wait_of(run, one(io([("=x + 1", "y")]), headers, name="Ring op"), {"x": 1})
    assert (wait.prefill, wait.headers, wait.element_name, wait.process_id) == ({"y": 2}, {"a": "1"}, "Ring op", "P")
    assert wait.key == wait.element_instance_key


def test_an_answer_that_was_not_given_is_null_also_where_a_function_has_its_name(run: Runner) -> None:
    r = run(one(io((), [("=dato", "moede"), ("=note", "note"), ("=count", "antal")])), {"antal": 1})
    r.do("a")
    assert r.done
    assert r.variables == {"moede": None, "note": None, "antal": None}


def test_a_failing_output_mapping_keeps_what_was_submitted(run: Runner) -> None:
    r = run(one(io((), [("=if fejl then function(x) x else svar", "resultat")])), {"fejl": True})
    r.do("a", svar="ja")
    assert (r.frozen, r.open) == ([("a", "IO_MAPPING_ERROR")], [])
    assert r.retry("a").frozen == [("a", "IO_MAPPING_ERROR")]
    assert r.set(fejl=False).retry("a").done
    assert r.variables == {"fejl": False, "resultat": "ja"}
