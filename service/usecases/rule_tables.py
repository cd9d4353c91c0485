"""Rules by date, as process owners keep them: parameters and versions of a law, each change a new version of the file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from service.dmn import dated
from service.dmn.dated import DatedColumn, DatedRow, DatedTable
from service.domain.access import Person
from service.domain.definitions import ResourceKind, Version
from service.domain.errors import EntryChanged, Forbidden, FormInvalid, NotFound, SetupFault
from service.domain.json import Json
from service.domain.procedures import RuleTable
from service.domain.registers import Wrong, read_date
from service.domain.storage import UnitOfWork
from service.usecases import changes, deployments, rule_values
from service.usecases.bundle import Resource
from service.usecases.catalog import DeployedCatalog
from service.usecases.platform import Platform
from service.usecases.registers import today
from service.usecases.rule_values import ValueKind

KEEPERS = ("procesejer", "systemadmin")
MOST_VERSIONS = 20
"""Versions whose differences a page tells."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as it was, as people read it."""

    what: str
    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class RuleCard:
    id: str
    kind: RuleTable
    procedure: str
    unset: int
    """Values that nobody has filled in, of those that hold today or later."""


@dataclass(frozen=True, slots=True)
class ShownVersion:
    version: int
    at: datetime
    by: str
    comment: str
    differences: Sequence[Difference]


@dataclass(frozen=True, slots=True)
class RulePage:
    id: str
    kind: RuleTable
    table: DatedTable
    day: date
    rows: Sequence[DatedRow]
    """Those that hold on the day; of a law, all its versions, newest first."""
    unset: frozenset[str]
    """Ids of rows with a value that nobody has filled in."""
    versions: Sequence[ShownVersion]
    """Newest first."""
    file: str


@dataclass(frozen=True, slots=True)
class Cell:
    """One value to edit. `name` is its field on the page."""

    name: str
    column: DatedColumn
    kind: ValueKind
    content: Json


@dataclass(frozen=True, slots=True)
class RuleRowPage:
    id: str
    kind: RuleTable
    table: DatedTable
    row: DatedRow
    cells: Sequence[Cell]
    mark: str
    others: Sequence[DatedRow]
    """Every version of the same thing, newest first."""


@dataclass(frozen=True, slots=True)
class RuleEntry:
    """A row as typed: field name → content. `from_date` set: it holds from that day, and what stood until then."""

    values: Mapping[str, Json]
    note: str = ""
    reason: str = ""
    from_date: str | None = None


def listed(platform: Platform, person: Person) -> Sequence[RuleCard]:
    """The tables that the manifests in operation name; none for those who may not keep them."""
    if not person.has(*KEEPERS):
        return []

    def work(uow: UnitOfWork) -> Sequence[RuleCard]:
        catalog, found = platform.catalogs.view(uow.definitions), []
        for manifest in catalog.manifests.values():
            for id_, kind in manifest.regeltabeller.items():
                _, table = _table(catalog, id_)
                relevant = [row for row in table.rows if row.last is None or row.last >= today(platform)]
                unset = sum(_unset(row) for row in relevant)
                found.append(RuleCard(id_, kind, manifest.titel, unset))
        return found

    return platform.read(work)


def look(platform: Platform, person: Person, id_: str, day: date | None = None) -> RulePage:
    """One table; of parameters, those that hold on the day (today when None)."""

    def work(uow: UnitOfWork) -> RulePage:
        catalog = platform.catalogs.view(uow.definitions)
        kind = _kept(catalog, person, id_)
        version, table = _table(catalog, id_)
        on = day or today(platform)
        newest_first = sorted(table.rows, key=lambda row: row.first or date.min, reverse=True)
        rows = [row for row in table.rows if row.holds_on(on)] if table.keyed else newest_first
        unset = frozenset(row.id for row in table.rows if _unset(row))
        return RulePage(id_, kind, table, on, rows, unset, _versions(uow, id_), version.file)

    return platform.read(work)


def look_at_row(platform: Platform, person: Person, id_: str, row_id: str) -> RuleRowPage:
    def work(uow: UnitOfWork) -> RuleRowPage:
        catalog = platform.catalogs.view(uow.definitions)
        kind = _kept(catalog, person, id_)
        _, table = _table(catalog, id_)
        row = _row(table, row_id)
        return RuleRowPage(id_, kind, table, row, _cells(table, row), _mark(row), table.versions_of(row))

    return platform.read(work)


def preview(platform: Platform, person: Person, id_: str, row_id: str, entry: RuleEntry) -> Sequence[Difference]:
    """What saving would change. Nothing is stored. Raises FormInvalid."""

    def work(uow: UnitOfWork) -> Sequence[Difference]:
        catalog = platform.catalogs.view(uow.definitions)
        _kept(catalog, person, id_)
        version, table = _table(catalog, id_)
        content = _edited(version, table, _row(table, row_id), entry)
        return differences(table, dated.read_dated(content, id_, version.file))

    return platform.read(work)


def save(platform: Platform, person: Person, id_: str, row_id: str, entry: RuleEntry, seen: str) -> int:
    """Put the changed file into operation, checked as every deployment; the table's version.

    Raises FormInvalid, DeploymentRefused, and EntryChanged when `seen` is not the mark of the row as it stands.
    """

    def work(uow: UnitOfWork) -> tuple[Version, bytes]:
        catalog = platform.catalogs.view(uow.definitions)
        _kept(catalog, person, id_)
        version, table = _table(catalog, id_)
        row = _row(table, row_id)
        if _mark(row) != seen:
            deployment = uow.definitions.deployment(version.deployment_key)
            raise EntryChanged(who=changes.name_of(uow, deployment[1]) if deployment else "En anden")
        return version, _edited(version, table, row, entry)

    reason = changes.require_reason(entry.reason)
    version, content = platform.read(work)
    based_on = {(ResourceKind.DECISION, id_): version.version}
    done = deployments.deploy(platform, person, [Resource(version.file, content)], reason, based_on=based_on)
    return next(v.version for v in (*done.versions, *done.unchanged) if v.id == id_)


def current(platform: Platform, person: Person, id_: str) -> tuple[str, bytes]:
    """The file in operation: its name and content."""

    def work(uow: UnitOfWork) -> tuple[str, bytes]:
        catalog = platform.catalogs.view(uow.definitions)
        _kept(catalog, person, id_)
        version, _ = _table(catalog, id_)
        return version.file.rpartition("/")[2], version.content

    return platform.read(work)


def differences(before: DatedTable | None, after: DatedTable | None) -> list[Difference]:
    """How one version of a table differs from the one before."""
    old = {row.id: row for row in before.rows} if before else {}
    new = {row.id: row for row in after.rows} if after else {}
    found = []
    for row_id in dict.fromkeys([*new, *old]):
        stood, stands = old.get(row_id), new.get(row_id)
        table, row = (after, stands) if stands is not None else (before, stood)
        assert table is not None
        assert row is not None
        what = name_of(table, row)
        if stood is None or stands is None or period_of(stood) != period_of(stands):
            found.append(Difference(what, "Gælder", period_of(stood), period_of(stands)))
        for number, column in enumerate(table.columns):
            was = rule_values.said(stood.texts[number]) if stood and number < len(stood.texts) else ""
            now = rule_values.said(stands.texts[number]) if stands else ""
            if was != now and not (table.keyed and number == 0):
                found.append(Difference(what, column.label, was, now))
        if stood and stands and stood.note != stands.note:
            found.append(Difference(what, "Bemærkning", stood.note, stands.note))
    return found


def name_of(table: DatedTable, row: DatedRow) -> str:
    """What a row is about, in words: the parameter, or the version of the law."""
    return rule_values.said(row.texts[0]) if row.texts else ""


def period_of(row: DatedRow | None) -> str:
    if row is None:
        return ""
    if row.first and row.last:
        return f"{row.first:%d-%m-%Y} til {row.last:%d-%m-%Y}"
    return f"fra {row.first:%d-%m-%Y}" if row.first else f"til og med {row.last:%d-%m-%Y}" if row.last else "altid"


# -- how ----------------------------------------------------------------------------------------------------------------


def _kept(catalog: DeployedCatalog, person: Person, id_: str) -> RuleTable:
    if not person.has(*KEEPERS):
        raise Forbidden(what="regler vedligeholdes af procesejere")
    kind = next((m.regeltabeller[id_] for m in catalog.manifests.values() if id_ in m.regeltabeller), None)
    if kind is None:
        raise NotFound(what=f"regeltabellen {id_}")
    return kind


def _table(catalog: DeployedCatalog, id_: str) -> tuple[Version, DatedTable]:
    version = catalog.latest.get((ResourceKind.DECISION, id_))
    table = dated.read_dated(version.content, id_, version.file) if version else None
    if version is None or table is None:
        raise SetupFault(why=f"Regeltabellen {id_} går ikke efter dato i den fil, der er i drift.")
    return version, table


def _row(table: DatedTable, row_id: str) -> DatedRow:
    row = next((row for row in table.rows if row.id == row_id), None)
    if row is None:
        raise NotFound(what="rækken i regeltabellen")
    return row


def _unset(row: DatedRow) -> int:
    return sum(rule_values.read(text).kind is None for text in row.texts)


def _cells(table: DatedTable, row: DatedRow) -> list[Cell]:
    """Those that may be changed: all but the name of a parameter."""
    cells = []
    others = table.versions_of(row)
    for number, column in enumerate(table.columns):
        if table.keyed and number == 0:
            continue
        kind = rule_values.kind_of(row.texts[number], column.type, [other.texts[number] for other in others])
        cells.append(Cell(f"v{number}", column, kind, rule_values.read(row.texts[number]).content))
    return cells


def _edited(version: Version, table: DatedTable, row: DatedRow, entry: RuleEntry) -> bytes:
    """The file with what was typed. Raises FormInvalid."""
    errors: dict[str, str] = {}
    texts = list(row.texts)
    for cell in _cells(table, row):
        content = entry.values.get(cell.name)
        if content == cell.content or (content in (None, "") and cell.content in (None, "")):
            continue  # as it stands, whatever way it is written
        try:
            texts[int(cell.name[1:])] = rule_values.write(cell.kind, content)
        except Wrong as fault:
            errors[cell.name] = str(fault)
    first = _first_day(errors, row, entry.from_date) if entry.from_date is not None else None
    if errors:
        raise FormInvalid(errors)
    if first is not None:
        return dated.split(version.content, table.id, row.id, first, texts, entry.note)
    return dated.changed(version.content, table.id, row.id, texts, entry.note)


def _first_day(errors: dict[str, str], row: DatedRow, typed: str) -> date | None:
    try:
        first = read_date(typed.strip())
    except Wrong as fault:
        errors["fra_dato"] = str(fault)
        return None
    if (row.first and first <= row.first) or (row.last and first > row.last):
        errors["fra_dato"] = f"Datoen skal ligge inden for den tid, udgaven gælder ({period_of(row)})."
    return first


def _mark(row: DatedRow) -> str:
    texts = {f"v{number}": text for number, text in enumerate(row.texts)}
    return changes.mark({**texts, "periode": period_of(row), "bemærkning": row.note})


def _versions(uow: UnitOfWork, id_: str) -> list[ShownVersion]:
    versions = list(uow.definitions.versions(ResourceKind.DECISION, id_))[: MOST_VERSIONS + 1]
    tables = [dated.read_dated(version.content, id_, version.file) for version in versions]
    shown = []
    for number, version in enumerate(versions[:MOST_VERSIONS]):
        at, by, comment = uow.definitions.deployment(version.deployment_key) or (version.deployed_at, "system", "")
        before = tables[number + 1] if number + 1 < len(tables) else None
        told = differences(before, tables[number]) if before is not None else []
        shown.append(ShownVersion(version.version, at, changes.name_of(uow, by), comment, told))
    return shown
