"""Milestones, suspensions and reopenings of cases: in clear, because they are what is left to count when a case is erased."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import bindparam, insert, update

from service.store.session import Session
from service.store.statements import Prepared, Upsert
from service.store.tables import milestone, reopening, suspension

_REACHED = Upsert(milestone, lambda insert: insert.on_conflict_do_nothing())
_SUSPENDED = Upsert(suspension, lambda insert: insert.on_conflict_do_nothing())
_RESUMED = Prepared(
    update(suspension)
    .where(suspension.c.case_key == bindparam("b_case"), suspension.c.ended_at.is_(None))
    .values(ended_at=bindparam("b_at"))
)
_REOPENED = Prepared(insert(reopening))


class SqlMilestones:
    def __init__(self, session: Session) -> None:
        self._session = session

    def reached(self, case_key: int, ids: Iterable[str], at: datetime, days: int) -> None:
        rows = [{"case_key": case_key, "id": id_, "at": at, "days": days} for id_ in ids]
        self._session.write(_REACHED, rows)

    def suspended(self, case_key: int, at: datetime) -> None:
        self._session.write(_SUSPENDED, {"case_key": case_key, "began_at": at})

    def resumed(self, case_key: int, at: datetime) -> None:
        self._session.write(_RESUMED, {"b_case": case_key, "b_at": at})

    def reopened(self, case_key: int, closed_at: datetime, reason: str | None, at: datetime) -> None:
        row = {"case_key": case_key, "closed_at": closed_at, "reopened_at": at, "closing_reason": reason}
        self._session.write(_REOPENED, row)
