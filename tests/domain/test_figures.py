"""Periods as the figures show them, and whole percents."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.errors import BadInput
from service.domain.figures import Period, whole_percent

DAYS = st.dates(date(2000, 1, 1), date(2050, 12, 31))


def labels(first: str, last: str) -> list[str]:
    return [column.label for column in Period(date.fromisoformat(first), date.fromisoformat(last)).columns()]


def test_the_last_column_may_be_part_of_a_month() -> None:
    assert labels("2014-04-01", "2014-10-15") == ["Apr", "Maj", "Juni", "Juli", "Aug", "Sept", "Medio okt"]
    assert labels("2014-01-01", "2014-01-10") == ["Primo jan"]
    assert labels("2014-02-01", "2014-02-27") == ["Ultimo feb"]
    assert labels("2014-02-01", "2014-02-28") == ["Feb"]


def test_a_first_part_and_the_year_are_told() -> None:
    assert labels("2013-12-09", "2014-01-31") == ["Dec fra d. 9. 2013", "Jan 2014"]


def test_days_begin_and_end_in_copenhagen() -> None:
    """Also on the days on which the clocks change."""
    march = Period(date(2014, 3, 30), date(2014, 3, 30))
    assert march.begin.astimezone(UTC) == datetime(2014, 3, 29, 23, tzinfo=UTC)
    assert march.end.astimezone(UTC) == datetime(2014, 3, 30, 22, tzinfo=UTC)


def test_a_period_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(BadInput, match="Byt om"):
        Period(date(2014, 5, 1), date(2014, 4, 30))


def test_a_period_without_end_is_refused() -> None:
    assert len(Period(date(2010, 1, 31), date(2014, 12, 1)).columns()) == 60
    with pytest.raises(BadInput, match="60 måneder"):
        Period(date(2010, 1, 31), date(2015, 1, 1))


@given(DAYS, st.integers(0, 1700))
def test_columns_cover_the_period_without_gaps(first: date, length: int) -> None:
    last = date.fromordinal(first.toordinal() + length)
    columns = Period(first, last).columns()
    assert (columns[0].first, columns[-1].last) == (first, last)
    assert all(before.end == after.begin for before, after in pairwise(columns))
    assert all((c.first.year, c.first.month) == (c.last.year, c.last.month) for c in columns)


@pytest.mark.parametrize(
    ("part", "whole", "percent"), [(96, 140, 69), (21, 140, 15), (2, 140, 1), (1, 200, 1), (1, 201, 0), (0, 0, 0)]
)
def test_shares_are_rounded_to_whole_percent(part: int, whole: int, percent: int) -> None:
    assert whole_percent(part, whole) == percent
