"""Calendar arithmetic of timers, and cron patterns."""

from __future__ import annotations

from datetime import datetime

import pytest

from service.engine.cron import CronFault, parse_cron
from service.engine.timing import TimingFault, after, read_cycle, read_duration, read_instant


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("start", "duration", "expected"),
    [
        ("2026-01-31T12:00:00Z", "P1M", "2026-02-28T12:00:00Z"),
        ("2028-01-31T12:00:00Z", "P1M", "2028-02-29T12:00:00Z"),
        ("2026-03-20T12:00:00Z", "P14D", "2026-04-03T11:00:00Z"),
        ("2026-03-20T12:00:00Z", "PT336H", "2026-04-03T12:00:00Z"),
        ("2026-10-24T12:00:00Z", "P1D", "2026-10-25T13:00:00Z"),
        ("2026-01-01T00:00:00Z", "P1Y2M3DT4H", "2027-03-04T04:00:00Z"),
        ("2026-01-01T00:00:00Z", "P26W", "2026-07-01T23:00:00Z"),
    ],
)
def test_durations_count_on_the_local_calendar(start: str, duration: str, expected: str) -> None:
    length = read_duration(duration)
    assert length is not None
    assert after(at(start), length) == at(expected)


def test_far_durations_are_refused() -> None:
    length = read_duration("P9000Y")
    assert length is not None
    with pytest.raises(TimingFault, match="9999"):
        after(at("2026-01-01T00:00:00Z"), length)


@pytest.mark.parametrize(
    "text",
    ["2026-01-01", "2026-01-01T10:00:00", "10:00", "x", "2026-13-01T10:00:00Z", "2026-01-01T10:00:00[Mars/Phobos]"],
)
def test_instants_that_are_none(text: str) -> None:
    with pytest.raises(TimingFault):
        read_instant(text)


@pytest.mark.parametrize(
    "text", ["R3", "R3/", "R0/PT1H", "R-1/PT1H", "Rx/PT1H", "R/PT0S", "R/-PT1H", "R3/x/PT1H", "PT1H", "1 2 3", 5, None]
)
def test_cycles_that_are_none(text: object) -> None:
    with pytest.raises(TimingFault):
        read_cycle(text)


@pytest.mark.parametrize("zone", ["@Europe/Copenhagen", "[Europe/Copenhagen]"])
def test_a_cycle_that_begins_at_a_local_time_keeps_it_over_summer_time(zone: str) -> None:
    cycle = read_cycle(f"R/2026-03-16T08:00:00{zone}/P28D")
    assert cycle.start == at("2026-03-16T07:00:00Z")
    assert cycle.next(at("2026-03-16T07:00:00Z"), at("2026-03-16T07:00:00Z")) == (at("2026-04-13T06:00:00Z"), 1)


def test_a_monthly_cycle_after_a_long_stop() -> None:
    cycle = read_cycle("R/P1M")
    assert cycle.next(at("2026-01-15T12:00:00Z"), at("2026-05-20T12:00:00Z")) == (at("2026-06-15T11:00:00Z"), 5)


def test_a_second_by_second_cycle_after_a_year() -> None:
    due, passed = read_cycle("R/PT1S").next(at("2026-01-01T00:00:00Z"), at("2027-01-01T00:00:00Z"))
    assert (due, passed) == (at("2027-01-01T00:00:01Z"), 31_536_001)


@pytest.mark.parametrize(
    ("pattern", "now", "expected"),
    [
        ("0 0 9-17 * * MON-FRI", "2026-03-06T17:00:00Z", "2026-03-09T09:00:00Z"),
        ("*/15 * * * * *", "2026-03-06T17:00:50Z", "2026-03-06T17:01:00Z"),
        ("0 0/30 8-10 * * *", "2026-03-06T10:30:00Z", "2026-03-07T08:00:00Z"),
        ("0 0 0 25 12 ?", "2026-03-06T00:00:00Z", "2026-12-25T00:00:00Z"),
        ("0 0 0 L * *", "2026-02-01T00:00:00Z", "2026-02-28T00:00:00Z"),
        ("0 0 0 L-3 * *", "2026-02-01T00:00:00Z", "2026-02-25T00:00:00Z"),
        ("0 0 0 1W * *", "2026-07-31T00:00:00Z", "2026-08-03T00:00:00Z"),
        ("0 0 0 15W * *", "2026-03-01T00:00:00Z", "2026-03-16T00:00:00Z"),
        ("0 0 0 LW * *", "2026-02-01T00:00:00Z", "2026-02-27T00:00:00Z"),
        ("0 0 0 * * 5L", "2026-03-01T00:00:00Z", "2026-03-27T00:00:00Z"),
        ("0 0 0 * * FRIL", "2026-03-01T00:00:00Z", "2026-03-27T00:00:00Z"),
        ("0 0 0 * * MON#2", "2026-03-01T00:00:00Z", "2026-03-09T00:00:00Z"),
        ("0 0 0 * * 0", "2026-03-02T00:00:00Z", "2026-03-08T00:00:00Z"),
        ("0 0 0 * * 7", "2026-03-02T00:00:00Z", "2026-03-08T00:00:00Z"),
        ("0 0 0 * * SUN,WED", "2026-03-02T00:00:00Z", "2026-03-04T00:00:00Z"),
        ("0 0 0 29 2 *", "2026-03-02T00:00:00Z", "2028-02-29T00:00:00Z"),
        ("0 0 0 13 * FRI", "2026-03-14T00:00:00Z", "2026-11-13T00:00:00Z"),
        ("0 0 0 1 JAN,JUL *", "2026-03-14T00:00:00Z", "2026-07-01T00:00:00Z"),
        ("@yearly", "2026-03-14T00:00:00Z", "2027-01-01T00:00:00Z"),
        ("@weekly", "2026-03-14T00:00:00Z", "2026-03-15T00:00:00Z"),
        ("@daily", "2026-03-14T00:00:00Z", "2026-03-15T00:00:00Z"),
        ("@hourly", "2026-03-14T00:30:00Z", "2026-03-14T01:00:00Z"),
    ],
)
def test_cron(pattern: str, now: str, expected: str) -> None:
    assert parse_cron(pattern).after(at(now)) == at(expected)


@pytest.mark.parametrize(
    "pattern",
    [
        "",
        "* * * * *",
        "60 * * * * *",
        "* 60 * * * *",
        "* * 24 * * *",
        "* * * 0 * *",
        "* * * 32 * *",
        "* * * * 13 *",
        "* * * * * 8",
        "* * * * * L",
        "* * * * * MON#6",
        "5-1 * * * * *",
        "*/0 * * * * *",
        "a * * * * *",
        "* * * XW * *",
        "@ofte",
    ],
)
def test_patterns_that_are_none(pattern: str) -> None:
    with pytest.raises(CronFault):
        parse_cron(pattern)


def test_a_day_that_never_comes() -> None:
    assert parse_cron("0 0 0 31 2 *").after(at("2026-01-01T00:00:00Z")) is None
