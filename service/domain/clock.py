"""Time comes from a clock that is handed in; nothing else in the program asks what time it is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

LOCAL_ZONE = ZoneInfo("Europe/Copenhagen")
"""The zone in which people count days and read times."""


class Clock(Protocol):
    def now(self) -> datetime:
        """The current instant, aware, in UTC."""
        ...


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


class ManualClock:
    """A clock that stands still until somebody moves it; it never goes backwards."""

    def __init__(self, start: datetime) -> None:
        self._now = start.astimezone(UTC)

    def now(self) -> datetime:
        return self._now

    def move_to(self, instant: datetime) -> None:
        if instant < self._now:
            raise ValueError(f"the clock stands at {self._now.isoformat()} and cannot go back to {instant.isoformat()}")
        self._now = instant.astimezone(UTC)

    def move_by(self, length: timedelta) -> None:
        self.move_to(self._now + length)
