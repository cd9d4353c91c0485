"""What a scenario may do (`når`): each act is a verb of the product, done as a named person."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import yaml

from service.domain.access import SYSTEM
from service.domain.attachments import Limits
from service.domain.clock import LOCAL_ZONE
from service.domain.errors import BadInput
from service.domain.form_model import Field, Kind
from service.domain.forms import Form, FormContext, Submission
from service.domain.storage import UnitOfWork
from service.feel import add_duration, parse_duration
from service.testing.course import Course
from service.usecases import (
    cases,
    deployments,
    enquiries,
    events,
    incidents,
    instances,
    messages,
    registers,
    rule_tables,
    rule_values,
    tasks,
)
from service.usecases.advance import Advance
from service.usecases.bundle import Resource

Body = Mapping[str, Any]
MADE_UP = {"pdf": b"%PDF-1.4 et scannet papir", "txt": b"En tekst", "png": b"\x89PNG\r\n\x1a\n"}
"""Files of a scenario by their ending; one of another kind is none that is taken."""


def start(course: Course, body: Body) -> None:
    """Start a process: at its none start, or by a message; on the case of `givet.sag` if there is one."""
    process_id, variables = str(body["start"]), _plain(body.get("variabler") or {})
    if course.case_number is not None:
        variables = {"sag": {"nummer": course.case_number}, **variables}
    if "besked" in body:
        published = messages.publish(
            course.world.platform, SYSTEM, str(body["besked"]), str(body.get("noegle") or ""), variables
        )
        if not published.started:
            raise BadInput(why=f"beskeden {body['besked']} startede intet")
        return
    person = course.person(body) if body.get("som") or course.given.get("som") else SYSTEM
    course.note_instance(instances.start(course.world.platform, person, process_id, variables).key)


def enquire(course: Course, body: Body) -> None:
    """Ny henvendelse: `henvendelse: <mappe>` with the form's values."""
    person = course.person(body)
    enquiries.submit_with(course.world.platform, person, str(body["henvendelse"]), _plain(body.get("med") or {}))


def complete(course: Course, body: Body) -> None:
    task = course.task(str(body["fuldfør"]))
    values = _with_files(course, task.key, body, _values(course, task.key, body))
    tasks.complete_with(course.world.platform, course.person(body), task.key, values)


def _with_files(course: Course, task_key: int, body: Body, values: dict[str, Any]) -> dict[str, Any]:
    """A file field at the top is given the name of a file, which is made up and uploaded as on the page."""
    platform, person = course.world.platform, course.person(body)
    form = tasks.look(platform, person, task_key).form
    fields = (
        {part.key for part in form.schema.components if isinstance(part, Field) and part.kind is Kind.FILE}
        if form
        else ()
    )
    chosen = {key: values[key] for key in fields if isinstance(values.get(key), str)}
    for key, name in chosen.items():
        taken = tasks.take_file(
            platform, person, task_key, key, name, MADE_UP.get(name.rpartition(".")[2], b"\x00"), Limits()
        )
        document, _, file_name = taken.partition(" ")
        values = {**values, key: {"dokument": document, "navn": file_name}}
    return values


def _values(course: Course, task_key: int, body: Body) -> dict[str, Any]:
    """What is typed: `med` on top of what the form comes prefilled with (unless `forudfyldt: false`)."""
    typed: dict[str, Any] = _plain(body.get("med") or {})
    if body.get("forudfyldt") is False:
        return typed
    platform, person = course.world.platform, course.person(body)
    page = tasks.look(platform, person, task_key)
    if page.form is None or page.shown is None:
        return typed
    revealed = tasks.look(platform, person, task_key, page.form.typed_over(page.shown, typed)).shown
    prefilled = {k: v for k, v in (revealed.values if revealed else {}).items() if v not in (None, "", [], {})}
    return {**prefilled, **typed}


def take(course: Course, body: Body) -> None:
    tasks.take(course.world.platform, course.person(body), course.task(str(body["tag"])).key)


def assign(course: Course, body: Body) -> None:
    task = course.task(str(body["tildel"]))
    tasks.assign(course.world.platform, course.person(body), task.key, str(body["til"]))


def release(course: Course, body: Body) -> None:
    tasks.release(course.world.platform, course.person(body), course.task(str(body["frigiv"])).key)


def activate(course: Course, body: Body) -> None:
    """Start an ad-hoc activity of the case's instance."""
    person, element_id = course.person(body), str(body["aktivér"])
    key = course.instance().key

    def find(uow: UnitOfWork) -> int | None:
        offered = instances.startable(Advance(course.world.platform, uow, person), key)
        return next((s.container_key for s in offered if s.element_id == element_id), None)

    container = course.world.platform.read(find)
    if container is None:
        raise BadInput(why=f"{person.username} kan ikke starte aktiviteten {element_id} nu")
    instances.activate(course.world.platform, person, container, key, element_id)


def report(course: Course, body: Body) -> None:
    """Report an event on the case, its form checked as on the page."""
    person, name, case = course.person(body), str(body["hændelse"]), course.case()
    typed = _plain(body.get("med") or {})

    def read(form: Form, context: FormContext) -> Submission:
        fresh = form.fresh(context).values
        prefilled = {k: v for k, v in fresh.items() if v not in (None, "", [], {})}
        return form.check({**prefilled, **typed}, context)

    def work(uow: UnitOfWork) -> None:
        events.report(Advance(course.world.platform, uow, person), case, name, read, typed)

    course.world.platform.transact(work)


def publish(course: Course, body: Body) -> None:
    """A message from outside. The key defaults to the case's number."""
    key = str(body["noegle"]) if "noegle" in body else course.case().number
    ttl = body.get("levetid")
    ttl_ms = 0
    if ttl:
        now = course.world.clock.now()
        ttl_ms = int((_later(now, str(ttl)) - now).total_seconds() * 1000)
    messages.publish(
        course.world.platform,
        SYSTEM,
        str(body["besked"]),
        key,
        _plain(body.get("variabler") or {}),
        ttl_ms=ttl_ms,
        message_id=body.get("id"),
    )


def move_clock(course: Course, body: Body) -> None:
    """`spol: {frem: P3D}` (calendar days in local time) or `spol: {til: 2014-09-10T12:00}`."""
    how = body["spol"]
    now = course.world.clock.now()
    if "frem" in how:
        target = _later(now, str(how["frem"]))
    else:
        moment = how["til"] if isinstance(how["til"], datetime) else datetime.fromisoformat(str(how["til"]))
        target = moment.replace(tzinfo=moment.tzinfo or LOCAL_ZONE).astimezone(UTC)
    course.world.move_to(target)


def fail_jobs(course: Course, body: Body) -> None:
    job_type = str(body["jobfejl"])
    if job_type not in course.world.handlers:
        raise BadInput(why=f"der er ingen handler {job_type}")
    course.world.failing[job_type] += int(body.get("gange", 1))


def retry(course: Course, body: Body) -> None:
    """Retry the open incident of an element."""
    element_id, keys = str(body["prøv_igen"]), course.instances

    def find(uow: UnitOfWork) -> int | None:
        found = [i for key in keys for i in uow.incidents.open_of(key) if i.element_id == element_id]
        return found[0].key if found else None

    key = course.world.platform.read(find)
    if key is None:
        raise BadInput(why=f"der er ingen åben hændelse på {element_id}")
    incidents.retry(course.world.platform, course.person(body), key)


def suspend(course: Course, body: Body) -> None:
    instances.suspend(
        course.world.platform, course.person(body), course.instance().key, str(body.get("begrundelse") or "prøve")
    )


def resume(course: Course, body: Body) -> None:
    instances.resume(course.world.platform, course.person(body), course.instance().key)


def cancel(course: Course, body: Body) -> None:
    instances.cancel(
        course.world.platform, course.person(body), course.instance().key, str(body.get("begrundelse") or "prøve")
    )


def change_calendar(course: Course, body: Body) -> None:
    """Deploy another calendar configuration."""
    content = yaml.safe_dump(body["kalender"], allow_unicode=True).encode()
    deployments.deploy(course.world.platform, SYSTEM, [Resource("processes/kalender.yaml", content)])


def change_register(course: Course, body: Body) -> None:
    """A new row (`med`), or with `række: <id>` a new version of it – from the day `fra`, when there is one."""
    person, register_id, row_id = course.person(body), str(body["register"]), body.get("række")
    page = registers.look(course.world.platform, person, register_id)
    old = next((shown.row for shown in page.rows if shown.row.id == row_id), None)
    if row_id is not None and old is None:
        raise BadInput(why=f"der er ingen række {row_id} i registeret {register_id}")
    entry = registers.Entry(
        values={**(old.values if old else {}), **_plain(body.get("med") or {})},
        valid_from=str(body.get("gyldig_fra") or (old.valid_from if old else None) or ""),
        valid_to=str(body.get("gyldig_til") or (old.valid_to if old else None) or ""),
        reason=str(body.get("begrundelse") or ("prøve" if old else "")),
        from_date=str(body["fra"]) if "fra" in body else None,
    )
    registers.save(course.world.platform, person, register_id, entry, old.key if old else None)


def change_rule(course: Course, body: Body) -> None:
    """Another value (`værdi`) of a parameter in a table of rules – from the day `fra`, when there is one."""
    platform, person, table_id = course.world.platform, course.person(body), str(body["regel"])
    rows = rule_tables.look(platform, person, table_id).rows
    row = next((row for row in rows if rule_values.said(row.texts[0]) == body.get("parameter")), None)
    if row is None:
        raise BadInput(why=f"der er ingen parameter {body.get('parameter')} i {table_id}")
    entry = rule_tables.RuleEntry(
        values={"v1": _plain(body.get("værdi"))},
        note=row.note,
        reason=str(body.get("begrundelse") or "prøve"),
        from_date=str(body["fra"]) if "fra" in body else None,
    )
    rule_tables.save(
        platform, person, table_id, row.id, entry, rule_tables.look_at_row(platform, person, table_id, row.id).mark
    )


def reopen(course: Course, body: Body) -> None:
    """Genåbn the case: the procedure starts anew on it."""

    cases.reopen(
        course.world.platform, course.person(body), course.case().number, str(body.get("begrundelse") or "prøve")
    )


def _later(start: datetime, length: str) -> datetime:
    """That much later on the wall clock of Copenhagen. Raises BadInput for what is no duration."""
    try:
        return add_duration(start, parse_duration(length), LOCAL_ZONE).astimezone(UTC)
    except ValueError:
        raise BadInput(why=f"{length!r} er ikke en varighed; skriv fx P3D eller PT2H") from None


def _plain(value: Any) -> Any:
    """YAML's dates as the ISO texts that forms and messages carry."""
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_plain(v) for v in value]
    return value.isoformat() if hasattr(value, "isoformat") else value


ACTS: Mapping[str, tuple[Callable[[Course, Body], None], frozenset[str]]] = {
    "start": (start, frozenset({"variabler", "besked", "noegle", "som"})),
    "henvendelse": (enquire, frozenset({"som", "med"})),
    "fuldfør": (complete, frozenset({"som", "med", "forudfyldt"})),
    "tag": (take, frozenset({"som"})),
    "tildel": (assign, frozenset({"som", "til"})),
    "frigiv": (release, frozenset({"som"})),
    "aktivér": (activate, frozenset({"som"})),
    "hændelse": (report, frozenset({"som", "med"})),
    "besked": (publish, frozenset({"noegle", "variabler", "levetid", "id"})),
    "spol": (move_clock, frozenset()),
    "jobfejl": (fail_jobs, frozenset({"gange"})),
    "prøv_igen": (retry, frozenset({"som"})),
    "suspendér": (suspend, frozenset({"som", "begrundelse"})),
    "genoptag": (resume, frozenset({"som"})),
    "annullér": (cancel, frozenset({"som", "begrundelse"})),
    "kalender": (change_calendar, frozenset()),
    "register": (
        change_register,
        frozenset({"som", "række", "med", "gyldig_fra", "gyldig_til", "fra", "begrundelse"}),
    ),
    "regel": (change_rule, frozenset({"som", "parameter", "værdi", "fra", "begrundelse"})),
    "genåbn": (reopen, frozenset({"som", "begrundelse"})),
}
"""Verb → (act, what else may stand beside it). `start` comes first: it may stand beside `besked`."""
