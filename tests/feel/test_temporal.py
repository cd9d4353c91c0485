"""Dates, times and durations."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from service.feel import CalendarDuration, add_duration, parse_date_time, parse_duration
from service.feel.chronology import date_of_epoch_day, epoch_day

from .helpers import NOW, feel, same

COPENHAGEN = ZoneInfo("Europe/Copenhagen")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('date("2026-01-31").year', "2026"),
        ('date("2026-01-31").weekday', "6"),
        ('time("10:11:12").minute', "11"),
        ('date and time("2026-01-31T10:11:12.5").second', "12.5"),
        ('date and time("2026-07-01T10:00:00@Europe/Copenhagen").time offset', '@"PT2H"'),
        ('date and time("2026-07-01T10:00:00@Europe/Copenhagen").timezone', '"Europe/Copenhagen"'),
        ('duration("P1DT2H3M4S").hours', "2"),
        ('duration("-P1DT2H").days', "-1"),
        ('duration("P1Y5M").months', "5"),
        ('date("2026-01-31") + duration("P1M")', '@"2026-02-28"'),
        ('date("2024-01-31") + duration("P1M")', '@"2024-02-29"'),
        ('date("2014-08-31") + duration("P6M")', '@"2015-02-28"'),
        ('date("2024-02-29") - duration("P1Y")', '@"2023-02-28"'),
        ('date("2026-01-01") - date("2025-01-01")', '@"P365D"'),
        ('date("2026-01-01") + duration("PT36H")', '@"2026-01-02"'),
        ('time("23:00:00") + duration("PT2H")', '@"01:00:00"'),
        ('@"2026-03-28T12:00:00@Europe/Copenhagen" + @"P1D"', '@"2026-03-29T13:00:00@Europe/Copenhagen"'),
        ('@"2026-01-01T12:00:00+02:00" = @"2026-01-01T10:00:00Z"', "true"),
        ('@"2026-01-01T12:00:00" = @"2026-01-01T12:00:00Z"', "null"),
        ('@"2026-01-01T12:00:00+01:00" < @"2026-01-01T12:00:00Z"', "true"),
        ('@"2026-01-01" < @"2026-01-02"', "true"),
        ('@"2026-01-01" = @"2026-01-01T00:00:00"', "null"),
        ('@"P1D" / @"PT6H"', "4"),
        ('@"P1Y" / 12', '@"P1M"'),
        ('@"P1Y" = @"P12M"', "true"),
        ('@"P1D" = @"PT24H"', "true"),
        ('@"P1D" = @"P1M"', "null"),
        ('string(@"PT90M")', '"PT1H30M"'),
        ('string(@"P14M")', '"P1Y2M"'),
        ('string(@"PT0S")', '"PT0S"'),
        ('string(@"-P1DT0.5S")', '"-P1DT0.5S"'),
        ('string(time("10:00:00@Europe/Copenhagen"))', '"10:00:00@Europe/Copenhagen"'),
        ('string(@"-99999-12-31") ', '"-99999-12-31"'),
        ('string(@"9999-12-31" + @"P1D")', '"10000-01-01"'),
        ('string(@"10000-01-01" - @"P1D")', '"9999-12-31"'),
        ('string(@"2026-01-01T00:00:00.123456789" + @"PT0.000000001S")', '"2026-01-01T00:00:00.12345679"'),
        ('@"2026-01-01T24:00:00"', '@"2026-01-02T00:00:00"'),
        ('date("2026-02-30")', "null"),
        ('date("26-02-01")', "null"),
        ('time("25:00:00")', "null"),
        ('duration("P1M1D")', "null"),
        ('duration("P")', "null"),
        ('@"hovsa"', "null"),
        ('date and time("2026-01-01")', '@"2026-01-01T00:00:00"'),
        ('date(@"2026-01-01T10:00:00")', '@"2026-01-01"'),
        ('years and months duration(date("2026-01-31"), date("2026-02-28"))', '@"P0M"'),
    ],
)
def test_dates(text: str, expected: str) -> None:
    assert same(text, expected)


def test_now_is_the_given_clock_in_utc_and_today_is_the_date_in_copenhagen() -> None:
    assert feel("now()") == NOW
    assert feel("string(now())") == "2026-01-31T23:30:00Z"
    assert feel("today()") == date(2026, 2, 1)


def test_a_given_zone_is_used_for_both() -> None:
    tokyo = ZoneInfo("Asia/Tokyo")
    assert feel("string(now())", zone=tokyo) == "2026-02-01T08:30:00@Asia/Tokyo"
    assert feel("today()", zone=tokyo) == date(2026, 2, 1)
    assert feel("today()", zone=UTC) == date(2026, 1, 31)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("P14D", CalendarDuration(0, 14, 0)),
        ("PT30M", CalendarDuration(0, 0, 1800 * 10**9)),
        ("P1M2DT3H", CalendarDuration(1, 2, 3 * 3600 * 10**9)),
        ("P2W", CalendarDuration(0, 14, 0)),
        (" -P1Y ", CalendarDuration(-12, 0, 0)),
    ],
)
def test_timer_durations(text: str, expected: CalendarDuration) -> None:
    assert parse_duration(text) == expected


@pytest.mark.parametrize("text", ["", "P", "PT", "14D", "P1H", "P1.5D", "i morgen"])
def test_a_bad_timer_duration_says_how_to_write_one(text: str) -> None:
    with pytest.raises(ValueError, match="write for example P14D"):
        parse_duration(text)


def test_timer_moments_are_utc() -> None:
    assert parse_date_time("2026-07-01T12:00:00+02:00") == datetime(2026, 7, 1, 10, tzinfo=UTC)
    assert parse_date_time("2026-07-01T12:00:00@Europe/Copenhagen") == datetime(2026, 7, 1, 10, tzinfo=UTC)
    assert parse_date_time("2026-07-01T12:00:00", COPENHAGEN) == datetime(2026, 7, 1, 10, tzinfo=UTC)
    assert parse_date_time("2026-07-01", COPENHAGEN) == datetime(2026, 6, 30, 22, tzinfo=UTC)
    assert parse_date_time("2026-07-01T12:00:00Z").tzinfo is UTC


@pytest.mark.parametrize("text", ["2026-07-01T12:00:00", "i morgen", "2026-13-01T00:00:00Z", "12026-01-01T00:00:00Z"])
def test_a_bad_timer_moment_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=text.replace("+", ".")):
        parse_date_time(text)


def test_days_keep_the_wall_clock_time_where_a_zone_is_given() -> None:
    before = datetime(2026, 3, 28, 11, tzinfo=UTC)  # 12:00 in Copenhagen, the day before summer time
    assert add_duration(before, parse_duration("P1D"), COPENHAGEN) == datetime(2026, 3, 29, 10, tzinfo=UTC)
    assert add_duration(before, parse_duration("PT24H"), COPENHAGEN) == before + timedelta(hours=24)
    assert add_duration(before, parse_duration("P1D")) == before + timedelta(days=1)


def test_a_time_that_summer_time_skips_moves_to_after_the_gap() -> None:
    before = datetime(2026, 3, 28, 1, 30, tzinfo=UTC)  # 02:30 in Copenhagen; next day 02:30 does not exist
    assert add_duration(before, parse_duration("P1D"), COPENHAGEN) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


def test_months_end_on_the_last_day() -> None:
    start = datetime(2026, 1, 31, 12, tzinfo=UTC)
    assert add_duration(start, parse_duration("P1M")) == datetime(2026, 2, 28, 12, tzinfo=UTC)
    assert add_duration(start, feel('duration("P1M")')) == datetime(2026, 2, 28, 12, tzinfo=UTC)
    assert add_duration(start, feel('duration("PT1H")')) == datetime(2026, 1, 31, 13, tzinfo=UTC)


def test_durations_beyond_what_timers_hold_are_refused() -> None:
    with pytest.raises(OverflowError):
        add_duration(datetime(2026, 1, 1, tzinfo=UTC), parse_duration("P9000Y"))


@pytest.mark.parametrize("days", [-800_000, -719_528, -719_163, -719_162, -1, 0, 59, 2_932_896, 2_932_897, 5_000_000])
def test_days_count_through_all_years(days: int) -> None:
    assert epoch_day(date_of_epoch_day(days)) == days
    following, this = date_of_epoch_day(days + 1), date_of_epoch_day(days)
    assert (following.year, following.month, following.day) > (this.year, this.month, this.day)
