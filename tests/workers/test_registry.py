"""The registry: every handler is documented, its parameters are read from the function, and checked when it runs."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from service.domain.errors import SetupFault
from service.domain.handling import HandlerRefused, JobContext, Parameter, Registration
from service.workers.handlers import describe, load_handlers
from tests.handlers.desks import PaperDesk, job_on

HANDLERS = load_handlers()


def test_the_agreed_job_types_are_served() -> None:
    assert {
        "sikker-post",
        "dokument",
        "brev",
        "digital-post",
        "journalnotat",
        "sag-opslag",
        "sagsnummer-opslag",
        "borger-opslag",
        "kvittering",
    } <= HANDLERS.keys()


@pytest.mark.parametrize("job_type", sorted(HANDLERS))
def test_every_handler_is_documented(job_type: str) -> None:
    summary = HANDLERS[job_type].summary
    assert summary.endswith((".", ":")), "the first line of the docstring is a sentence"
    assert summary[0].isupper()


def test_parameters_and_results_are_read_from_the_function() -> None:
    info = HANDLERS["dokument"]
    assert info.results == ("dokument",)
    assert info.parameters == (
        Parameter("skabelon", True, "str"),
        Parameter("titel", True, "str"),
        Parameter("art", True, "str"),
        Parameter("felter", False, "dict[str, Any] | None"),
    )
    assert not info.takes_any
    assert not info.careful


@dataclass(frozen=True)
class Line:
    tekst: str
    antal: int = 1


def example(
    job: JobContext, *, navn: str, dag: date | None = None, linjer: list[Line] | None = None, ja: bool = False
) -> dict[str, Any]:
    """Et eksempel."""
    return {"givet": [navn, dag, linjer, ja]}


def anything(job: JobContext, *, navn: str, **rest: Any) -> dict[str, Any]:
    """Tager alt."""
    return {"navn": navn, **rest}


def called(function: Any, **inputs: Any) -> Any:
    info = describe(function, Registration("eksempel"), "prøve")
    return info.function(job_on(PaperDesk()), **inputs)


def test_inputs_become_what_the_annotations_say() -> None:
    given = called(example, navn="x", dag="2014-09-01", linjer=[{"tekst": "a"}, {"tekst": "b", "antal": 2}], ja=True)
    assert given == {"givet": ["x", date(2014, 9, 1), [Line("a"), Line("b", 2)], True]}
    assert called(example, navn="x", dag=None) == {"givet": ["x", None, None, False]}


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({}, "»navn« mangler"),
        ({"navn": None}, "»navn« skal være en tekst"),
        ({"navn": 3}, "»navn« skal være en tekst"),
        ({"navn": "x", "linjer": [{"tekst": "a", "andet": 1}]}, "»linjer[1].andet« kendes ikke her"),
        ({"navn": "x", "dag": "i morgen"}, "»dag« skal være en dato"),
        ({"navn": "x", "ja": "måske"}, "»ja« skal være ja eller nej"),
        ({"navn": "x", "linjer": {}}, "»linjer« skal være en liste"),
        ({"navn": "x", "linjer": [{"tekst": "a"}, {}]}, "»linjer[2].tekst« mangler"),
        ({"navn": "x", "linjer": [{"tekst": "a", "antal": "mange"}]}, "»linjer[1].antal« skal være et helt tal"),
    ],
)
def test_wrong_inputs_are_refused_in_danish_without_their_values(inputs: dict[str, Any], said: str) -> None:
    with pytest.raises(HandlerRefused) as caught:
        called(example, **inputs)
    assert said in str(caught.value)
    assert "i morgen" not in str(caught.value)


def test_what_a_handler_does_not_take_is_left_out() -> None:
    assert called(example, navn="x", loopCounter=1) == {"givet": ["x", None, None, False]}


def test_a_handler_may_take_parameters_it_does_not_name() -> None:
    assert called(anything, navn="x", mere=1) == {"navn": "x", "mere": 1}
    assert describe(anything, Registration("eksempel"), "prøve").takes_any


def no_job(*, navn: str) -> None:
    """Uden job."""


def by_place(job: JobContext, navn: str) -> None:
    """Ikke ved navn."""


def untyped(job: JobContext, *, navn) -> None:  # type: ignore[no-untyped-def]
    """Uden type."""


@pytest.mark.parametrize(
    ("function", "said"), [(no_job, "første parameter"), (by_place, "efter \\*"), (untyped, "mangler en type")]
)
def test_a_handler_is_written_as_handlers_must_be(function: Any, said: str) -> None:
    with pytest.raises(SetupFault, match=said):
        describe(function, Registration("eksempel"), "prøve")


def test_the_service_keeps_its_own_job_types() -> None:
    with pytest.raises(SetupFault, match="Forløb selv"):
        describe(example, Registration("forloeb:besked"), "prøve")


SOURCE = '''
from service.domain.handling import JobContext, handler

@handler("{type}")
def act(job: JobContext) -> None:
    """Gør noget."""
'''


def test_modules_of_sub_packages_are_found_and_two_of_a_kind_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inner = tmp_path / "egne_handlere" / "under"
    inner.mkdir(parents=True)
    (inner.parent / "__init__.py").write_text("")
    (inner / "__init__.py").write_text("")
    (inner / "en.py").write_text(SOURCE.format(type="en"))
    monkeypatch.syspath_prepend(tmp_path)
    assert load_handlers("egne_handlere").keys() == {"en"}
    (inner / "to.py").write_text(SOURCE.format(type="en"))
    for name in [n for n in sys.modules if n.startswith("egne_handlere")]:
        monkeypatch.delitem(sys.modules, name)
    with pytest.raises(SetupFault, match="to handlere"):
        load_handlers("egne_handlere")
