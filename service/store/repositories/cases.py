"""Cases and what is kept with them: records, contacts, notes, documents."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, desc, func, insert, select, text, update

from service.domain.cases import Case, CaseRecord, Contact, Document, Note
from service.store.codec import expand, squeeze
from service.store.faults import Overtaken
from service.store.repositories.citizens import SqlCitizens
from service.store.repositories.counters import raised
from service.store.repositories.erasure import erase_case
from service.store.search_words import index_case
from service.store.session import Record, Session
from service.store.statements import Prepared, among
from service.store.tables import (
    case,
    case_record,
    contact,
    document,
    incident,
    instance,
    note,
    task_candidate,
    user_task,
)
from service.store.vault import Vault, place

_CASE_FIELDS = tuple(f.name for f in fields(Case))
_BY_KEY = Prepared(select(case).where(case.c.key == bindparam("key")))
_BY_NUMBER = Prepared(select(case).where(case.c.number == bindparam("number")))
_INSERT = Prepared(insert(case))
_SAVE = Prepared(
    update(case)
    .where(case.c.key == bindparam("b_key"), case.c.version == bindparam("b_version"))
    .values({column.name: bindparam(column.name) for column in case.columns if column.name != "key"})
)
_OF_CITIZEN = select(case).where(case.c.citizen_key == bindparam("citizen")).order_by(desc(case.c.key))
_ALL_OF_CITIZEN = Prepared(_OF_CITIZEN)
_OPEN_OF_CITIZEN = Prepared(_OF_CITIZEN.where(case.c.closed_at.is_(None)))
_OPEN_TASKS = update(user_task).where(
    user_task.c.owner_key == bindparam("b_case"), user_task.c.unit_of_case, text("status = 'CREATED'")
)
_WITH_UNIT = (
    update(instance).where(instance.c.owner_key == bindparam("b_case"), text("owner_key <> root_key")),
    update(task_candidate).where(
        task_candidate.c.task_key.in_(
            select(user_task.c.key).where(
                user_task.c.owner_key == bindparam("b_case"),
                text("status = 'CREATED'"),
                user_task.c.unit_of_case,
                user_task.c.candidates,
            )
        ),
        task_candidate.c.principal.not_like("g:%@%"),
    ),
    update(incident).where(
        incident.c.owner_key == bindparam("b_case"),
        incident.c.instance_key.in_(
            select(instance.c.root_key).where(
                instance.c.owner_key == bindparam("b_case"), text("owner_key <> root_key")
            )
        ),
    ),
)
_FOLLOW_UNIT = (
    *(Prepared(statement.values(unit=bindparam("b_unit"))) for statement in _WITH_UNIT),
    Prepared(_OPEN_TASKS.values(unit=bindparam("b_unit"), waiting_unit=bindparam("b_unit"))),
)
_MARKS = Prepared(
    select(case.c.key, case.c.citizen_key, case.c.marking)
    .where(among(case.c.citizen_key, "citizens"), text("marking IS NOT NULL"))
    .order_by(case.c.key)
)
_ADD_RECORD, _ADD_DOCUMENT = Prepared(insert(case_record)), Prepared(insert(document))
_ADD_CONTACT, _ADD_NOTE = Prepared(insert(contact)), Prepared(insert(note))
_RECORDS = (
    select(case_record)
    .where(case_record.c.case_key == bindparam("case"))
    .order_by(desc(case_record.c.submitted_at), desc(case_record.c.key))
)
_ALL_RECORDS = Prepared(_RECORDS)
_RECORDS_OF_FORM = Prepared(_RECORDS.where(case_record.c.form_id == bindparam("form")))
_NEWEST_RECORD = Prepared(
    select(func.max(case_record.c.version)).where(
        case_record.c.case_key == bindparam("case"), case_record.c.form_id == bindparam("form")
    )
)
_CONTACTS = Prepared(
    select(contact).where(contact.c.case_key == bindparam("case")).order_by(desc(contact.c.at), desc(contact.c.key))
)
_NOTES = Prepared(select(note).where(note.c.case_key == bindparam("case")).order_by(desc(note.c.at), desc(note.c.key)))
_ABOUT_DOCUMENT = [column for column in document.columns if column.name != "content"]
_DOCUMENTS = Prepared(
    select(*_ABOUT_DOCUMENT).where(document.c.case_key == bindparam("case")).order_by(desc(document.c.key))
)
_DOCUMENT = Prepared(select(document).where(document.c.key == bindparam("key")))


class SqlCases:
    def __init__(self, session: Session, vault: Vault, citizens: SqlCitizens) -> None:
        self._session, self._vault, self._citizens = session, vault, citizens
        self._known: dict[int, Case] = {}
        """Cases as this unit of work read or saved them last: asking again costs nothing."""
        self._superseded: set[tuple[int, int]] = set()
        """Keys and versions that this unit of work itself has replaced."""

    def open(self, case: Case) -> None:
        """Also makes the data key of everything that belongs to the case."""
        self._vault.make(case.key)
        self._session.write(_INSERT, self._row(case))
        self._known[case.key] = case
        self._index(case)

    def next_number(self, series: str) -> int:
        return raised(self._session, f"case number {series}")

    def get(self, key: int) -> Case | None:
        return self._known.get(key) or self._learn(self._session.first(_BY_KEY, {"key": key}))

    def by_number(self, number: str) -> Case | None:
        return self._learn(self._session.first(_BY_NUMBER, {"number": number}))

    def save(self, case: Case) -> None:
        """Saving again in the same unit of work, from the same copy, is not stale."""
        before = self.get(case.key)
        if before is None or not (case.version == before.version or (case.key, case.version) in self._superseded):
            raise Overtaken
        after = replace(case, version=before.version + 1)
        change = self._row(after) | {"b_key": case.key, "b_version": before.version}
        if self._session.count(_SAVE, change) == 0:
            raise Overtaken
        self._superseded.add((case.key, before.version))
        self._known[case.key] = after
        if after.citizen_key != before.citizen_key or after.number != before.number:
            self._index(after)
        if after.unit != before.unit:
            for statement in _FOLLOW_UNIT:
                self._session.write(statement, {"b_case": case.key, "b_unit": after.unit})

    def open_for_citizen(self, citizen_key: int, kind: str | None = None) -> Sequence[Case]:
        """Newest first."""
        rows = self._session.rows(_OPEN_OF_CITIZEN, {"citizen": citizen_key})
        return [self._case(row) for row in rows if kind is None or row.kind == kind]

    def all_for_citizen(self, citizen_key: int) -> Sequence[Case]:
        """Newest first."""
        return [self._case(row) for row in self._session.rows(_ALL_OF_CITIZEN, {"citizen": citizen_key})]

    def marks(self, citizen_keys: Collection[int]) -> Mapping[int, Sequence[str]]:
        if not citizen_keys:
            return {}
        rows = self._session.rows(_MARKS, {"citizens": sorted(citizen_keys)})
        self._vault.fetch(row.key for row in rows)
        found: dict[int, list[str]] = {}
        for row in rows:
            text = self._vault.open_text(row.key, place("case.marking", row.key), row.marking)
            if text:
                found.setdefault(row.citizen_key, []).append(text)
        return found

    def erase(self, key: int, at: datetime) -> None:
        self._known.pop(key, None)
        erase_case(self._session, self._vault, key, at)
        self._known.pop(key, None)

    def add_record(self, record: CaseRecord) -> None:
        where = place("case_record.content", record.case_key, record.key)
        row = _clear(record, "values")
        row["content"] = self._vault.seal_json(record.case_key, where, dict(record.values))
        self._session.write(_ADD_RECORD, row)

    def records(self, case_key: int, form_id: str | None = None) -> Sequence[CaseRecord]:
        if form_id is None:
            rows = self._session.rows(_ALL_RECORDS, {"case": case_key})
        else:
            rows = self._session.rows(_RECORDS_OF_FORM, {"case": case_key, "form": form_id})
        return [CaseRecord(**_without(row, "content"), values=self._json("case_record.content", row)) for row in rows]

    def next_record_version(self, case_key: int, form_id: str) -> int:
        return int(self._session.value(_NEWEST_RECORD, {"case": case_key, "form": form_id}) or 0) + 1

    def add_contact(self, contact: Contact) -> None:
        where = place("contact.content", contact.case_key, contact.key)
        said = {"type": contact.type, "with_whom": contact.with_whom, "result": contact.result, "text": contact.text}
        row = {
            "case_key": contact.case_key,
            "key": contact.key,
            "at": contact.at,
            "by_user": contact.by,
            "minutes": contact.minutes,
            "content": self._vault.seal_json(contact.case_key, where, said),
        }
        self._session.write(_ADD_CONTACT, row)

    def contacts(self, case_key: int) -> Sequence[Contact]:
        return [
            Contact(
                case_key=row.case_key,
                key=row.key,
                at=row.at,
                by=row.by_user,
                minutes=row.minutes,
                **self._json("contact.content", row),
            )
            for row in self._session.rows(_CONTACTS, {"case": case_key})
        ]

    def add_note(self, note: Note) -> None:
        where = place("note.content", note.case_key, note.key)
        row = {
            "case_key": note.case_key,
            "key": note.key,
            "at": note.at,
            "by_user": note.by,
            "content": self._vault.seal_text(note.case_key, where, note.text),
        }
        self._session.write(_ADD_NOTE, row)

    def notes(self, case_key: int) -> Sequence[Note]:
        """Newest first."""
        return [
            Note(
                case_key=row.case_key,
                key=row.key,
                at=row.at,
                by=row.by_user,
                text=self._vault.open_text(case_key, place("note.content", case_key, row.key), row.content),
            )
            for row in self._session.rows(_NOTES, {"case": case_key})
        ]

    def add_document(self, document: Document, content: bytes) -> None:
        row = _clear(document, "title", "file_name")
        owner, at = document.case_key, (document.case_key, document.key)
        row["title"] = self._vault.seal_text(owner, place("document.title", *at), document.title)
        row["file_name"] = self._vault.seal_text(owner, place("document.file_name", *at), document.file_name)
        row["content"] = self._vault.seal(owner, place("document.content", *at), squeeze(content))
        self._session.write(_ADD_DOCUMENT, row)

    def documents(self, case_key: int) -> Sequence[Document]:
        """Newest first."""
        return [self._document(row) for row in self._session.rows(_DOCUMENTS, {"case": case_key})]

    def document(self, key: int) -> tuple[Document, bytes] | None:
        """None also when its case has been erased."""
        row = self._session.first(_DOCUMENT, {"key": key})
        if row is None:
            return None
        plain = self._vault.open(row.case_key, place("document.content", row.case_key, row.key), row.content)
        return None if plain is None else (self._document(row), expand(plain))

    def _document(self, row: Record) -> Document:
        at = (row.case_key, row.key)
        clear = _without(row, "content") | {
            "title": self._vault.open_text(row.case_key, place("document.title", *at), row.title),
            "file_name": self._vault.open_text(row.case_key, place("document.file_name", *at), row.file_name),
        }
        return Document(**clear)

    def _index(self, case: Case) -> None:
        citizen = self._citizens.get(case.citizen_key) if case.citizen_key is not None else None
        index_case(self._session, self._vault.sealer, case.key, case.number, citizen.name if citizen else "")

    def _row(self, case: Case) -> dict[str, Any]:
        where = place("case.closing_detail", case.key)
        row = _clear(case)
        row["closing_detail"] = self._vault.seal_text(case.key, where, case.closing_detail or "")
        row["marking"] = self._vault.seal_text(case.key, place("case.marking", case.key), case.marking or "")
        return row

    def _learn(self, row: Record | None) -> Case | None:
        if row is None:
            return None
        if row.key not in self._known:
            self._known[row.key] = self._case(row)
        return self._known[row.key]

    def _case(self, row: Record) -> Case:
        detail = self._vault.open_text(row.key, place("case.closing_detail", row.key), row.closing_detail)
        marking = self._vault.open_text(row.key, place("case.marking", row.key), row.marking)
        columns = row._mapping
        opened = {"closing_detail": detail or None, "marking": marking or None}
        case = Case(**{name: columns[name] for name in _CASE_FIELDS} | opened)
        return self._known.setdefault(case.key, case)

    def _json(self, column: str, row: Record) -> Any:
        return self._vault.open_json(row.case_key, place(column, row.case_key, row.key), row.content) or {}


def _clear(thing: Any, *left_out: str) -> dict[str, Any]:
    """The fields of a dataclass that are columns of the same name."""
    return {f.name: getattr(thing, f.name) for f in fields(thing) if f.name not in left_out}


def _without(row: Record, *left_out: str) -> dict[str, Any]:
    return {name: value for name, value in row._mapping.items() if name not in left_out}
