"""Who else has to do with a case: those attached in a role, and those who opened it with a reason."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict

from sqlalchemy import bindparam, delete, desc, insert, select

from service.domain.cases import Opening
from service.store.session import Record, Session
from service.store.statements import Prepared, Upsert, among
from service.store.tables import case_opening, case_party
from service.store.vault import Vault, place

_ROLE = (case_party.c.case_key == bindparam("b_case"), case_party.c.role == bindparam("b_role"))
_ATTACHED = Prepared(select(case_party.c.who).where(*_ROLE))
_ATTACH = Upsert(case_party, lambda insert: insert.on_conflict_do_nothing())
_DETACH = Prepared(delete(case_party).where(*_ROLE, among(case_party.c.who, "who")))
_LET_IN = Prepared(insert(case_opening))
_OF_CASE = Prepared(
    select(case_opening).where(case_opening.c.case_key == bindparam("case")).order_by(desc(case_opening.c.key))
)
_OF_PERSON = Prepared(
    select(case_opening)
    .where(case_opening.c.username == bindparam("username"))
    .order_by(desc(case_opening.c.key))
    .limit(bindparam("n"))
)


class SqlParties:
    def __init__(self, session: Session, vault: Vault) -> None:
        self._session, self._vault = session, vault

    def attach(self, case_key: int, role: str, who: Collection[str]) -> None:
        before, now = self._attached(case_key, role), frozenset(who)
        if gone := sorted(before - now):
            self._session.write(_DETACH, {"b_case": case_key, "b_role": role, "who": gone})
        if new := sorted(now - before):
            self._session.write(_ATTACH, [{"case_key": case_key, "role": role, "who": name} for name in new])

    def is_attached(self, case_key: int, role: str, who: Collection[str]) -> bool:
        return not self._attached(case_key, role).isdisjoint(who)

    def let_in(self, opening: Opening) -> None:
        where = place("case_opening.reason", opening.case_key, opening.key)
        row = asdict(opening)
        row["reason"] = self._vault.seal_text(opening.case_key, where, opening.reason)
        self._session.write(_LET_IN, row)

    def openings(self, case_key: int) -> Sequence[Opening]:
        return [self._opening(row) for row in self._session.rows(_OF_CASE, {"case": case_key})]

    def openings_of(self, username: str, limit: int = 50) -> Sequence[Opening]:
        rows = self._session.rows(_OF_PERSON, {"username": username, "n": limit})
        self._vault.fetch(row.case_key for row in rows)
        return [self._opening(row) for row in rows]

    def _attached(self, case_key: int, role: str) -> frozenset[str]:
        return frozenset(row.who for row in self._session.rows(_ATTACHED, {"b_case": case_key, "b_role": role}))

    def _opening(self, row: Record) -> Opening:
        where = place("case_opening.reason", row.case_key, row.key)
        reason = self._vault.open_text(row.case_key, where, row.reason)
        return Opening(
            case_key=row.case_key, key=row.key, username=row.username, at=row.at, until=row.until, reason=reason
        )
