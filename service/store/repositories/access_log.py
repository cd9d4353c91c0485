"""Who read what of whom: append-only."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, desc, insert, select, text

from service.domain.ports import Keys
from service.store.session import Session
from service.store.statements import Prepared
from service.store.tables import access_log
from service.store.vault import Vault, place

_ADD = Prepared(insert(access_log))
_OF_CASE = Prepared(
    select(access_log.c.key, access_log.c.at, access_log.c.username, access_log.c.what, access_log.c.reason)
    .where(access_log.c.case_key == bindparam("case"), text("case_key IS NOT NULL"))
    .order_by(desc(access_log.c.key))
    .limit(bindparam("n"))
)


class SqlAccessLog:
    def __init__(self, session: Session, vault: Vault, keys: Keys) -> None:
        self._session, self._vault, self._keys = session, vault, keys

    def read(
        self, *, at: datetime, username: str, what: str, case_key: int | None, citizen_key: int | None, reason: str = ""
    ) -> None:
        key = self._keys.next()
        row = {
            "key": key,
            "at": at,
            "username": username,
            "what": what,
            "case_key": case_key,
            "citizen_key": citizen_key,
            "reason": None if case_key is None else self._vault.seal_text(case_key, _reason(key), reason),
        }
        self._session.write(_ADD, row)

    def of_case(self, case_key: int, limit: int = 200) -> Sequence[tuple[datetime, str, str, str]]:
        return [
            (row.at, row.username, row.what, self._vault.open_text(case_key, _reason(row.key), row.reason))
            for row in self._session.rows(_OF_CASE, {"case": case_key, "n": limit})
        ]


def _reason(key: int) -> bytes:
    return place("access_log.reason", key)
