"""What people say and are called never stands in the database in clear."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect, make_url, text

from service.domain.cases import CaseRecord, Contact, Dispatch, DispatchStatus, Document, Draft, Note, Opening
from service.domain.errors import SetupFault
from service.domain.handling import Channel
from service.domain.waits import IncidentOpened, IncidentType
from service.store import SqlStore, SqlUnitOfWork
from service.store.database import parse
from tests.contract import making as m

SECRET = "Hemmelighedsfuld"
CPR = "0101019998"


def everything_about(store: SqlStore) -> int:
    """One of everything, each with the secret word in every field that is sealed; gives the case's key."""
    citizen = m.citizen(f"Ida Test {SECRET}", CPR, address=SECRET, phone=SECRET, mail=SECRET, municipality=SECRET)
    case = m.open_case(store, m.case(closing_detail=SECRET, marking=SECRET), citizen)
    task = m.user_task(prefill={"navn": SECRET, "cpr": CPR}, deadline=m.binding())
    job = m.job(variables={SECRET: CPR})
    trouble = IncidentOpened(
        type=IncidentType.IO_MAPPING_ERROR,
        message=f"{SECRET} {CPR}",
        element_id="e",
        element_name="E",
        element_instance_key=1,
        process_id="ansoegning",
    )
    first = m.step(
        f"{SECRET}{CPR}".encode(),
        opened=[task, job, m.message("svar", f"{SECRET}-{CPR}")],
        incidents=[trouble],
    )

    def work(uow: SqlUnitOfWork) -> None:
        instance = m.begin(uow, first, case_key=case.key, message=("start", f"{SECRET}-{CPR}"))
        uow.history.append(instance.key, m.entry("set", cpr=CPR, navn=SECRET))
        uow.messages.buffer(
            m.key(), "svar", f"{SECRET}-{CPR}", {"a": SECRET}, message_id=f"{SECRET}", expires_at=m.START
        )
        uow.tasks.save_draft(
            Draft(task_key=task.key, username="mette", saved_at=m.START, fields={"navn": [SECRET], "cpr": [CPR]})
        )
        (claimed,) = uow.jobs.claim(m.START, until=m.START + m.HOUR, limit=1)
        uow.jobs.retry_later(claimed, retries=1, next_at=m.START, error=f"{SECRET} {CPR}")
        uow.jobs.sending(claimed, {"x": SECRET})
        (deadline,) = uow.deadlines.of(case.key)
        uow.deadlines.put(m.replace(deadline, extended_until=m.START, extension_reason=f"{SECRET} {CPR}"))
        key, at = case.key, m.START
        uow.cases.add_record(
            CaseRecord(
                case_key=key,
                key=m.key(),
                form_id="f",
                form_key=1,
                version=1,
                element_id="e",
                submitted_at=at,
                submitted_by="mette",
                values={"navn": SECRET, "cpr": CPR},
            )
        )
        uow.cases.add_contact(
            Contact(
                case_key=key, key=m.key(), at=at, by="mette", type=SECRET, with_whom=SECRET, result=SECRET, text=CPR
            )
        )
        uow.cases.add_note(Note(case_key=key, key=m.key(), at=at, by="mette", text=f"{SECRET} {CPR}"))
        opening = Opening(
            case_key=key, key=m.key(), username="mette", at=at, until=at + m.HOUR, reason=f"{SECRET} {CPR}"
        )
        uow.parties.let_in(opening)
        uow.access_log.read(
            at=at, username="mette", what="sag", case_key=key, citizen_key=None, reason=f"{SECRET} {CPR}"
        )
        paper = Document(
            case_key=key,
            key=m.key(),
            title=SECRET,
            kind="brev",
            media_type="text/plain",
            file_name=SECRET,
            size=1,
            sha256="",
            version=1,
            made_at=at,
            made_by="mette",
        )
        uow.cases.add_document(paper, f"{SECRET} {CPR}".encode())
        dispatch = Dispatch(
            owner_key=key,
            key=m.key(),
            instance_key=1,
            job_key=None,
            channel=Channel.LETTER,
            idempotency_key="1",
            status=DispatchStatus.WAITING,
            created_at=at,
            recipient=SECRET,
            subject=SECRET,
            body=CPR,
            last_error=SECRET,
            receipt=SECRET,
        )
        uow.dispatches.add(dispatch, at)
        uow.dispatches.mark(dispatch, None, DispatchStatus.FAILED, at=at, error=SECRET, receipt=SECRET)

    store.transact(work)
    return case.key


def database_text(url: str) -> bytes:
    """Every byte of the database: the files of SQLite, every column of every row of PostgreSQL."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        path = Path(parsed.database or "")
        return b"".join(file.read_bytes() for file in path.parent.glob(path.name + "*"))
    engine = create_engine(parse(url))
    with engine.connect() as connection:
        found = []
        for table in inspect(connection).get_table_names():
            for row in connection.execute(text(f'SELECT * FROM "{table}"')):
                found += [bytes(v) if isinstance(v, bytes | memoryview) else str(v).encode() for v in row]
    engine.dispose()
    return b"\0".join(found)


def test_nothing_sealed_can_be_read_in_the_database(store: SqlStore, url: str) -> None:
    everything_about(store)
    dump = database_text(url)
    assert b"ansoegning" in dump, "the scan sees what is in clear"
    for word in (SECRET, SECRET.casefold(), SECRET[:8].casefold(), CPR, CPR[:6], CPR[6:]):
        for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
            assert word.encode(encoding) not in dump, (word, encoding)


def test_every_sealed_column_was_tried(store: SqlStore, url: str) -> None:
    """Otherwise the test above would prove less than it says."""
    from service.store.tables import metadata

    everything_about(store)
    engine = create_engine(parse(url))
    with engine.connect() as connection:
        for table in metadata.sorted_tables:
            for column in table.columns:
                if column.info.get("sealed"):
                    count = connection.execute(
                        text(f'SELECT count(*) FROM "{table.name}" WHERE {column.name} IS NOT NULL')
                    ).scalar()
                    assert count, f"{table.name}.{column.name}"
    engine.dispose()


def test_a_sealed_value_moved_elsewhere_does_not_open(store: SqlStore, url: str) -> None:
    case = m.open_case(store, m.case())
    notes = [Note(case_key=case.key, key=m.key(), at=m.START, by="mette", text=t) for t in ("et", "to")]
    for note in notes:
        store.transact(lambda uow, n=note: uow.cases.add_note(n))
    engine = create_engine(parse(url))
    with engine.begin() as connection:
        move = f"UPDATE note SET content = (SELECT n.content FROM note n WHERE n.key = {notes[0].key}) WHERE key = {notes[1].key}"
        connection.execute(text(move))
    engine.dispose()
    with pytest.raises(SetupFault, match="kan ikke læses"):
        store.read(lambda uow: uow.cases.notes(case.key))


def test_the_master_key_is_not_in_the_database(store: SqlStore, url: str) -> None:
    everything_about(store)
    dump = database_text(url)
    sealer = store._sealer
    for secret in (sealer._first, *sealer._wrapping.values(), *sealer._index_keys.values()):
        assert secret not in dump


def test_an_erased_key_is_gone_from_the_file(store: SqlStore, url: str) -> None:
    case_key = everything_about(store)
    engine = create_engine(parse(url))
    with engine.connect() as connection:
        wrapped = connection.execute(text(f"SELECT wrapped FROM data_key WHERE owner_key = {case_key}")).scalar_one()
    assert bytes(wrapped) in database_text(url)
    store.transact(lambda uow: uow.cases.erase(case_key, m.START))
    store.close()
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
    engine.dispose()
    assert bytes(wrapped) not in database_text(url)
