"""The first year of discharge mentors, replayed through the diagrams: the figures are what the courses make them."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from service.config import ROOT
from service.domain.errors import BadInput
from service.domain.figures import Figures
from service.testing.plans import Planned
from service.testing.replay import replay

YEAR = ROOT / "processes" / "udskrivningsmentor" / "demo-2014.yaml"


@pytest.fixture(scope="module")
def year() -> Figures:
    return replay(ROOT, YEAR)


def sources(figures: Figures) -> list[tuple[str, int | None, int | None]]:
    return [(row.name, row.count, row.share) for row in figures.sources.rows]


def test_figure_1_is_that_of_2014(year: Figures) -> None:
    assert year.movement.columns == ("Apr", "Maj", "Juni", "Juli", "Aug", "Sept", "Medio okt")
    assert year.movement.created == (5, 13, 28, 28, 21, 26, 19)
    assert year.movement.closed == (0, 0, 1, 2, 4, 3, 1)
    assert year.movement.open == (5, 18, 45, 71, 88, 111, 129)
    assert (year.movement.before, year.movement.total_created, year.movement.total_closed) == (0, 140, 11)


def test_figure_2_is_that_of_2014(year: Figures) -> None:
    assert sources(year) == [
        ("Region H", 96, 69),
        ("BIF", 21, 15),
        ("Internt SCK", 2, 1),
        ("Kriminalforsorg", 3, 2),
        ("Ikke angivet", 18, 13),
    ]
    assert year.sources.total == 140


def test_closings_came_about_by_real_paths(year: Figures) -> None:
    reasons = {row.id: row.count for row in year.reasons.rows}
    assert year.reasons.total == 11
    assert {
        "ikke_interesseret",
        "flyttet",
        "ingen_kontakt",
        "ikke_maalgruppe",
        "tilstraekkelig_stoette",
        "afslag",
    } == reasons.keys()
    assert year.suspended == 3


def test_one_course_less_changes_both_figures(year: Figures) -> None:
    def all_but_the_first(courses: Sequence[Planned]) -> Sequence[Planned]:
        return courses[1:]

    fewer = replay(ROOT, YEAR, all_but_the_first)
    assert fewer.movement.created == (4, *year.movement.created[1:])
    assert fewer.movement.open == tuple(n - 1 for n in year.movement.open if n is not None)
    changed = set(sources(year)) - set(sources(fewer))
    assert len([row for row in changed if row[1]]) >= 1
    assert fewer.sources.total == 139


def test_a_file_must_say_what_it_is_about(tmp_path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "x.yaml").write_text("vej: []\n", encoding="utf-8")
    with pytest.raises(BadInput, match="rapport og periode"):
        replay(ROOT, tmp_path / "x.yaml")
