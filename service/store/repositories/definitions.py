"""Deployed versions and the start events that wait for messages and signals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, delete, desc, func, insert, select, tuple_

from service.domain.definitions import ResourceKind, Version
from service.domain.registers import RegisterRow
from service.domain.waits import StartSubscription
from service.store.repositories.counters import CATALOGUE, current, raise_catalogue
from service.store.repositories.registers import standing
from service.store.session import Record, Session
from service.store.statements import Prepared, among
from service.store.tables import definition, deployment, start_subscription

_ALL = select(definition)
_NEWEST = select(definition.c.kind, definition.c.id, func.max(definition.c.version)).group_by(
    definition.c.kind, definition.c.id
)
_LATEST = Prepared(
    _ALL.where(tuple_(definition.c.kind, definition.c.id, definition.c.version).in_(_NEWEST)).order_by(
        definition.c.kind, definition.c.id
    )
)
_BY_KEY = Prepared(_ALL.where(definition.c.key == bindparam("key")))
_BY_ID = _ALL.where(definition.c.kind == bindparam("kind"), definition.c.id == bindparam("id")).order_by(
    desc(definition.c.version)
)
_ALL_OF_ID, _NEWEST_OF_ID = Prepared(_BY_ID), Prepared(_BY_ID.limit(1))
_WITH_TAG = Prepared(_BY_ID.where(definition.c.version_tag == bindparam("tag")).limit(1))
_OF_DEPLOYMENT = Prepared(_BY_ID.where(definition.c.deployment_key == bindparam("deployment")).limit(1))
_BRIEF = Prepared(
    select(definition.c.id, definition.c.version, definition.c.folder).where(definition.c.key == bindparam("key"))
)
_ADD = Prepared(insert(definition))
_DEPLOY = Prepared(insert(deployment))
_DEPLOYMENT = Prepared(select(deployment).where(deployment.c.key == bindparam("key")))
_ADD_START = Prepared(insert(start_subscription))
_DROP_STARTS = Prepared(delete(start_subscription).where(among(start_subscription.c.process_id, "processes")))


class SqlDefinitions:
    def __init__(self, session: Session) -> None:
        self._session = session

    def stamp(self) -> int:
        stamp = current(self._session, CATALOGUE)
        return -stamp if self._session.catalogue_changed else stamp

    def add(self, versions: Sequence[Version], *, deployment_key: int, at: datetime, by: str, comment: str) -> None:
        raise_catalogue(self._session)
        made = {"key": deployment_key, "at": at, "by_user": by, "comment": comment}
        self._session.write(_DEPLOY, made)
        if versions:
            rows = [{column.name: getattr(v, column.name) for column in definition.columns} for v in versions]
            self._session.write(_ADD, rows)

    def latest(self) -> Sequence[Version]:
        return [_version(row) for row in self._session.rows(_LATEST)]

    def get(self, key: int) -> Version | None:
        return _maybe(self._session.first(_BY_KEY, {"key": key}))

    def versions(self, kind: ResourceKind, id_: str) -> Sequence[Version]:
        return [_version(row) for row in self._session.rows(_ALL_OF_ID, {"kind": kind, "id": id_})]

    def find(
        self, kind: ResourceKind, id_: str, *, version_tag: str | None = None, deployment_key: int | None = None
    ) -> Version | None:
        wanted = {"kind": kind, "id": id_}
        if version_tag is not None:
            return _maybe(self._session.first(_WITH_TAG, wanted | {"tag": version_tag}))
        if deployment_key is not None:
            return _maybe(self._session.first(_OF_DEPLOYMENT, wanted | {"deployment": deployment_key}))
        return _maybe(self._session.first(_NEWEST_OF_ID, wanted))

    def deployment(self, key: int) -> tuple[datetime, str, str] | None:
        row = self._session.first(_DEPLOYMENT, {"key": key})
        return None if row is None else (row.at, row.by_user, row.comment)

    def register_rows(self) -> Sequence[RegisterRow]:
        return standing(self._session)

    def replace_starts(self, process_ids: Sequence[str], starts: Sequence[StartSubscription]) -> None:
        self._session.write(_DROP_STARTS, {"processes": list(process_ids)})
        if starts:
            columns = ("definition_key", "process_id", "element_id", "kind", "name")
            self._session.write(_ADD_START, [{c: getattr(s, c) for c in columns} for s in starts])


@dataclass(frozen=True, slots=True)
class Brief:
    """What rows copy from the definition they lie in."""

    key: int
    process_id: str
    version: int
    folder: str


class DefinitionFacts:
    """What is kept for the life of the store because it never changes: briefs of versions, known names of user tasks."""

    def __init__(self) -> None:
        self.task_names: set[str] = set()
        self._known: dict[int, Brief] = {}

    def brief(self, session: Session, key: int) -> Brief | None:
        if key not in self._known:
            row = session.first(_BRIEF, {"key": key})
            if row is None:
                return None
            self._known[key] = Brief(key, row.id, row.version, row.folder)
        return self._known[key]


def _maybe(row: Record | None) -> Version | None:
    return None if row is None else _version(row)


def _version(row: Record) -> Version:
    fields = dict(row._mapping)
    fields["kind"] = ResourceKind(row.kind)
    return Version(**fields)
