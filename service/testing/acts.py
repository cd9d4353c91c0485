"""What a scenario may do (`når`): each act is a verb of the product, done as a named person."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
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
from service.testing.shapes import (
    ANYTHING,
    COUNT,
    DAY,
    NAME,
    OBJECT,
    PLAIN,
    STEP,
    YES_NO,
    Shape,
    instant,
    only,
)
from service.usecases import (
    cases,
    deployments,
    enquiries,
    events,
    incidents,
    instances,
    marks,
    messages,
    registers,
    rule_tables,
    rule_values,
    task_assignment,
    tasks,
)
from service.usecases.advance import Advance
from service.usecases.bundle import Resource
from service.usecases.register_entries import Entry

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
    task_assignment.take(course.world.platform, course.person(body), course.task(str(body["tag"])).key)


def assign(course: Course, body: Body) -> None:
    task = course.task(str(body["tildel"]))
    task_assignment.assign(course.world.platform, course.person(body), task.key, str(body["til"]))


def release(course: Course, body: Body) -> None:
    task_assignment.release(course.world.platform, course.person(body), course.task(str(body["frigiv"])).key)


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
    how, now = body["spol"], course.world.clock.now()
    target = _later(now, str(how["frem"])) if "frem" in how else instant(how["til"])
    if target < now:
        raise BadInput(why=f"spol: uret står på {now.astimezone(LOCAL_ZONE):%Y-%m-%dT%H:%M} og kan ikke gå tilbage")
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
    entry = Entry(
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


def remove_mark(course: Course, body: Body) -> None:
    """`fjern_mærke`: take away the mark that the closed case has left on the citizen, for this reason."""
    marks.remove(course.world.platform, course.person(body), course.case().number, str(body["fjern_mærke"]))


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


@dataclass(frozen=True, slots=True)
class Act:
    """What a verb does, what its value must look like, and what may stand beside it."""

    do: Callable[[Course, Body], None]
    shape: Shape
    beside: frozenset[str]


def _act(do: Callable[[Course, Body], None], *beside: str, shape: Shape = NAME) -> Act:
    return Act(do, shape, frozenset(beside))


ACTS: Mapping[str, Act] = {
    "start": _act(start, "variabler", "besked", "noegle", "som"),
    "henvendelse": _act(enquire, "som", "med"),
    "fuldfør": _act(complete, "som", "med", "forudfyldt"),
    "tag": _act(take, "som"),
    "tildel": _act(assign, "som", "til"),
    "frigiv": _act(release, "som"),
    "aktivér": _act(activate, "som"),
    "hændelse": _act(report, "som", "med"),
    "besked": _act(publish, "noegle", "variabler", "levetid", "id"),
    "spol": _act(move_clock, shape=STEP),
    "jobfejl": _act(fail_jobs, "gange"),
    "prøv_igen": _act(retry, "som"),
    "suspendér": _act(suspend, "som", "begrundelse", shape=ANYTHING),
    "genoptag": _act(resume, "som", shape=ANYTHING),
    "annullér": _act(cancel, "som", "begrundelse", shape=ANYTHING),
    "kalender": _act(change_calendar, shape=OBJECT),
    "register": _act(change_register, "som", "række", "med", "gyldig_fra", "gyldig_til", "fra", "begrundelse"),
    "regel": _act(change_rule, "som", "parameter", "værdi", "fra", "begrundelse"),
    "genåbn": _act(reopen, "som", "begrundelse", shape=ANYTHING),
    "fjern_mærke": _act(remove_mark, "som"),
}
"""Verb → act. `start` comes first: it may stand beside `besked`."""

BESIDE: Mapping[str, Shape] = {
    "som": NAME,
    "til": NAME,
    "med": OBJECT,
    "variabler": OBJECT,
    "forudfyldt": YES_NO,
    "besked": NAME,
    "noegle": PLAIN,
    "id": PLAIN,
    "levetid": NAME,
    "gange": COUNT,
    "begrundelse": NAME,
    "række": PLAIN,
    "gyldig_fra": DAY,
    "gyldig_til": DAY,
    "fra": DAY,
    "parameter": NAME,
    "værdi": ANYTHING,
}
"""What stands beside a verb → what it must look like."""

NEEDED: Mapping[str, str] = {"tildel": "til", "regel": "parameter"}
"""Verb → what must stand beside it."""


def read_act(body: object) -> Callable[[Course], None]:
    """What a `når` says, to be done on a course. Raises BadInput for what is not written as it must be."""
    if not isinstance(body, Mapping):
        raise BadInput(why=f"når: skriv en handling, fx {{fuldfør: ut_kontakt, som: mona.holm}}, ikke {body!r}")
    verb = next((v for v in ACTS if v in body), None)
    if verb is None:
        raise BadInput(why=f"ukendt handling {dict(body)}; kendte: {', '.join(ACTS)}")
    act = ACTS[verb]
    only(verb, body, [verb, *sorted(act.beside)])
    act.shape.check(verb, body[verb])
    for name, value in body.items():
        if name != verb:
            BESIDE[name].check(f"{verb}, {name}", value)
    if needed := NEEDED.get(verb):
        BESIDE[needed].check(f"{verb}, {needed}", body.get(needed))
    return lambda course: act.do(course, body)
