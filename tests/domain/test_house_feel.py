"""What FEEL of this house says about a CPR number."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from service.domain.deadlines import Calendar
from service.domain.house_feel import CalendarEnvironment
from service.feel import parse_expression

NOW = datetime(2026, 11, 27, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "born"),
    [
        ("0101019998", date(2001, 1, 1)),
        ("290296-1237", date(1996, 2, 29)),
        ("0107805513", None),  # born in 1880
        ("3102991234", None),
        ("12", None),
        ("", None),
        ("ikke et nummer", None),
        (None, None),
        (101019998, None),
    ],
)
def test_the_day_of_birth_of_somebody_alive(written: object, born: date | None) -> None:
    expression = parse_expression("foedselsdag(cpr)")
    assert expression.evaluate({"cpr": written}, CalendarEnvironment(NOW, Calendar())) == born


def test_an_age_counts_whole_years() -> None:
    age = parse_expression("years and months duration(foedselsdag(cpr), i_dag).years")
    for today, years in ((date(2026, 12, 31), 25), (date(2027, 1, 1), 26)):
        assert age.evaluate({"cpr": "0101019998", "i_dag": today}, CalendarEnvironment(NOW, Calendar())) == years
