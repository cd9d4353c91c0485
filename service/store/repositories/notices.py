"""Lines behind people's bells. Clear text: they carry no personal data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import bindparam, desc, func, insert, select, text, update

from service.domain.cases import Notice
from service.store.session import Session
from service.store.statements import Prepared
from service.store.tables import notice

_ADD = Prepared(insert(notice))
_UNREAD = Prepared(
    select(notice)
    .where(notice.c.username == bindparam("username"), text("read_at IS NULL"))
    .order_by(desc(notice.c.key))
    .limit(bindparam("n"))
)
_READ = Prepared(
    select(notice)
    .where(notice.c.username == bindparam("username"), notice.c.read_at.is_not(None))
    .order_by(desc(notice.c.key))
    .limit(bindparam("n"))
)
_COUNT = Prepared(
    select(func.count()).select_from(notice).where(notice.c.username == bindparam("username"), text("read_at IS NULL"))
)
_MARK_ALL = (
    update(notice)
    .where(notice.c.username == bindparam("b_username"), text("read_at IS NULL"))
    .values(read_at=bindparam("b_at"))
)
_MARK_EVERY = Prepared(_MARK_ALL)
_MARK = Prepared(_MARK_ALL.where(notice.c.key == bindparam("b_key")))


class SqlNotices:
    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, notice: Notice) -> None:
        self._session.write(_ADD, asdict(notice))

    def of(self, username: str, limit: int = 50) -> Sequence[Notice]:
        rows = list(self._session.rows(_UNREAD, {"username": username, "n": limit}))
        if len(rows) < limit:
            rows += self._session.rows(_READ, {"username": username, "n": limit - len(rows)})
        return [Notice(**row._mapping) for row in rows]

    def unread(self, username: str) -> int:
        return int(self._session.value(_COUNT, {"username": username}))

    def mark_read(self, username: str, at: datetime, key: int | None = None) -> None:
        """One notice, or all of them; those read before keep their time."""
        who = {"b_username": username, "b_at": at}
        if key is None:
            self._session.write(_MARK_EVERY, who)
        else:
            self._session.write(_MARK, who | {"b_key": key})
