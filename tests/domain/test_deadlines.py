"""Working days on the Danish calendar (PROCEDURES 0.3)."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.clock import LOCAL_ZONE
from service.domain.deadlines import Calendar, Unit, end_of_day

CALENDAR = Calendar(version=1)
MORNINGS = st.datetimes(datetime(2009, 1, 1), datetime(2034, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001


def local(year, month, day, hour=9, minute=0):
    return datetime(year, month, day, hour, minute, tzinfo=LOCAL_ZONE)


def due_day(start, days, unit=Unit.ARBEJDSDAGE, calendar=CALENDAR):
    return calendar.count(start, days, unit).due.astimezone(LOCAL_ZONE).date()


def test_the_triggering_day_is_day_zero_and_the_deadline_is_the_end_of_the_last_day():
    made = CALENDAR.count(local(2014, 9, 1), 2)
    assert made.due.astimezone(LOCAL_ZONE) == local(2014, 9, 3, 23, 59).replace(second=59)
    assert made.skipped == ()


def test_a_weekend_is_skipped_and_says_so():
    made = CALENDAR.count(local(2014, 9, 5), 1)
    assert due_day(local(2014, 9, 5), 1) == date(2014, 9, 8)
    assert [(s.day, s.why) for s in made.skipped] == [(date(2014, 9, 6), "lørdag"), (date(2014, 9, 7), "søndag")]


def test_easter_counts_thursday_to_monday_out():
    made = CALENDAR.count(local(2014, 4, 16), 1)
    assert due_day(local(2014, 4, 16), 1) == date(2014, 4, 22)
    assert [s.why for s in made.skipped] == ["skærtorsdag", "langfredag", "lørdag", "søndag", "anden påskedag"]


def test_store_bededag_is_a_holiday_up_to_2023_only():
    assert due_day(local(2023, 5, 4), 1) == date(2023, 5, 8)
    assert due_day(local(2024, 4, 25), 1) == date(2024, 4, 26)


@pytest.mark.parametrize("day", [date(2024, 6, 5), date(2024, 12, 24), date(2024, 12, 31)])
def test_closing_days_beside_the_holidays(day):
    assert CALENDAR.skips(day, Unit.ARBEJDSDAGE)


@pytest.mark.parametrize("day", [date(2024, 5, 1), date(2024, 12, 27), date(2024, 12, 30)])
def test_days_that_are_off_elsewhere_count_by_default(day):
    assert CALENDAR.skips(day, Unit.ARBEJDSDAGE) is None


def test_christmas_and_new_year():
    assert due_day(local(2014, 12, 23), 2) == date(2014, 12, 30)
    assert due_day(local(2014, 12, 30), 1) == date(2015, 1, 2)


def test_a_single_closing_day_is_configured():
    calendar = Calendar(version=2, closing_days={date(2014, 9, 2): "Personaledag"})
    made = calendar.count(local(2014, 9, 1), 1)
    assert made.due.astimezone(LOCAL_ZONE).date() == date(2014, 9, 3)
    assert made.skipped[0].why == "Personaledag"
    assert made.calendar_version == 2


def test_saturdays_are_hverdage_only_when_configured():
    friday = local(2014, 9, 5)
    assert due_day(friday, 1, Unit.HVERDAGE) == date(2014, 9, 8)
    assert due_day(friday, 1, Unit.HVERDAGE, Calendar(saturday_is_hverdag=True)) == date(2014, 9, 6)
    assert due_day(friday, 1, Unit.ARBEJDSDAGE, Calendar(saturday_is_hverdag=True)) == date(2014, 9, 8)


def test_late_evening_belongs_to_the_local_day():
    assert due_day(datetime(2014, 9, 1, 22, 30, tzinfo=UTC), 1) == date(2014, 9, 3)


@pytest.mark.parametrize(("day", "offset_hours"), [(date(2014, 3, 30), 2), (date(2014, 10, 26), 1)])
def test_the_end_of_a_day_when_the_clocks_change(day, offset_hours):
    assert end_of_day(day) == datetime(day.year, day.month, day.day, 23, 59, 59, tzinfo=UTC) - timedelta(
        hours=offset_hours
    )


@pytest.mark.parametrize("days", [-1, 3661])
def test_absurd_counts_are_refused_with_the_limits(days):
    with pytest.raises(ValueError, match="mellem 0 og 3660"):
        CALENDAR.count(local(2014, 9, 1), days)


@given(MORNINGS, st.integers(0, 60))
def test_exactly_n_counted_days_lie_between_start_and_due(start, days):
    made = CALENDAR.count(start, days)
    day, last = start.astimezone(LOCAL_ZONE).date(), made.due.astimezone(LOCAL_ZONE).date()
    between = [day + timedelta(days=n) for n in range(1, (last - day).days + 1)]
    counted = [d for d in between if CALENDAR.skips(d, Unit.ARBEJDSDAGE) is None]
    assert len(counted) == days
    assert {s.day for s in made.skipped} == set(between) - set(counted)


@given(MORNINGS, st.integers(0, 30), st.integers(0, 30))
def test_counting_on_from_a_deadline_is_counting_in_one_go(start, first, second):
    assert due_day(CALENDAR.count(start, first).due, second) == due_day(start, first + second)
