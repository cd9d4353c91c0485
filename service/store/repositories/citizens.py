"""Citizens: sealed, found by CPR through a blind index."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, select, update

from service.domain.cases import Citizen
from service.store.faults import Overtaken
from service.store.search_words import index_case
from service.store.session import Record, Session
from service.store.statements import Prepared
from service.store.tables import case, citizen, data_key
from service.store.vault import Vault, place

CITIZEN = select(citizen, data_key.c.version.label("key_version"), data_key.c.wrapped).select_from(
    citizen.outerjoin(data_key, data_key.c.owner_key == citizen.c.key)
)
_BY_KEY = Prepared(CITIZEN.where(citizen.c.key == bindparam("key")))
_BY_CPR = Prepared(CITIZEN.where(citizen.c.cpr_lookup == bindparam("lookup")))
_LOCK = Prepared(CITIZEN.where(citizen.c.key == bindparam("key")).with_for_update(of=citizen))
_CHANGE = Prepared(
    update(citizen)
    .where(citizen.c.key == bindparam("b_key"))
    .values(cpr_lookup=bindparam("b_lookup"), content=bindparam("b_content"), version=bindparam("b_version"))
)
_ADD = Prepared(insert(citizen))
_FORGET = Prepared(update(citizen).where(citizen.c.key == bindparam("b_key")).values(cpr_lookup=None, content=None))
_CASES = Prepared(select(case.c.key, case.c.number).where(case.c.citizen_key == bindparam("citizen")))


class SqlCitizens:
    def __init__(self, session: Session, vault: Vault) -> None:
        self._session, self._vault = session, vault
        self._saved: dict[int, int] = {}
        """Version stored by this unit of work, per citizen."""

    def by_cpr(self, cpr: str) -> Citizen | None:
        row = self._session.first(_BY_CPR, {"lookup": cpr_lookup(self._vault, cpr)})
        return None if row is None else citizen_of(row, self._vault)

    def get(self, key: int) -> Citizen | None:
        row = self._session.first(_BY_KEY, {"key": key})
        return None if row is None else citizen_of(row, self._vault)

    def put(self, citizen: Citizen) -> None:
        row = self._session.first(_LOCK, {"key": citizen.key})
        if row is None:
            self._vault.make(citizen.key)
            self._session.write(_ADD, {"key": citizen.key, "version": 1} | self._sealed(citizen))
            return
        before = citizen_of(row, self._vault)
        if citizen.version != before.version and self._saved.get(citizen.key) != before.version:
            raise Overtaken
        self._saved[citizen.key] = before.version + 1
        sealed = {f"b_{name}": value for name, value in self._sealed(citizen).items()}
        renamed = {"b_lookup": sealed["b_cpr_lookup"], "b_content": sealed["b_content"]}
        self._session.write(_CHANGE, renamed | {"b_key": citizen.key, "b_version": before.version + 1})
        if citizen.name != before.name:
            for row in self._session.rows(_CASES, {"citizen": citizen.key}):
                index_case(self._session, self._vault.sealer, row.key, row.number, citizen.name)

    def erase(self, key: int, at: datetime) -> None:
        self._vault.erase(key, at)
        self._session.write(_FORGET, {"b_key": key})
        for row in self._session.rows(_CASES, {"citizen": key}):
            index_case(self._session, self._vault.sealer, row.key, row.number, "")

    def _sealed(self, citizen: Citizen) -> dict[str, Any]:
        content = asdict(citizen)
        del content["key"], content["version"]
        return {
            "cpr_lookup": cpr_lookup(self._vault, citizen.cpr) if citizen.cpr else None,
            "content": self._vault.seal_json(citizen.key, place("citizen.content", citizen.key), content),
        }


def cpr_lookup(vault: Vault, cpr: str) -> bytes:
    return vault.sealer.index("cpr", cpr)


def citizen_of(row: Record, vault: Vault) -> Citizen:
    """An erased citizen has no name and no number."""
    vault.learn(row.key, row.key_version, row.wrapped)
    content = vault.open_json(row.key, place("citizen.content", row.key), row.content)
    return Citizen(key=row.key, version=row.version, **(content or {"cpr": None, "name": ""}))
