"""What a scenario may assert (`så`). Each raises AssertionError with what was seen instead."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from service.domain.cases import Dispatch
from service.domain.clock import LOCAL_ZONE
from service.domain.deadlines import Deadline
from service.domain.errors import BadInput
from service.domain.facts import ElementState
from service.domain.instances import InstanceStatus
from service.domain.storage import UnitOfWork
from service.domain.views import ElementRow
from service.testing import contents, shapes
from service.testing.course import Course
from service.testing.shapes import Shape
from service.usecases import caselists, instances
from service.usecases.advance import Advance


def open_tasks(course: Course, wanted: Sequence[str]) -> None:
    seen = [t.element_id for t in course.open_tasks()]
    _same("åbne opgaver", sorted(_listed(wanted)), sorted(seen))


def not_open(course: Course, unwanted: Sequence[str]) -> None:
    seen = {t.element_id for t in course.open_tasks()}
    both = sorted(seen & set(_listed(unwanted)))
    assert not both, f"disse opgaver skulle ikke være åbne: {', '.join(both)}"


def also_open(course: Course, wanted: Sequence[str]) -> None:
    seen = [t.element_id for t in course.open_tasks()]
    missing = sorted(set(_listed(wanted)) - set(seen))
    assert not missing, f"disse opgaver er ikke åbne: {', '.join(missing)}; åbne: {', '.join(seen) or 'ingen'}"


def groups(course: Course, wanted: Mapping[str, str]) -> None:
    for element_id, group in wanted.items():
        _same(f"gruppe for {element_id}", group, ", ".join(course.task(element_id).candidate_groups))


def assignees(course: Course, wanted: Mapping[str, str | None]) -> None:
    for element_id, username in wanted.items():
        _same(f"tildelt {element_id}", username, course.task(element_id).assignee)


def status(course: Course, wanted: str) -> None:
    _same("sagens status", wanted, course.case().status)


CASE_FIELDS: Mapping[str, str] = {
    "enhed": "unit",
    "ansvarlig": "worker",
    "afslutningsaarsag": "closing_reason",
    "underaarsag": "closing_detail",
    "regelsaet": "rule_set",
    "kilde": "source",
    "nummer": "number",
    "timer_brugt": "hours_used",
    "timer_ramme": "hours_budget",
}


def case(course: Course, wanted: Mapping[str, Any]) -> None:
    found = course.case()
    for name, value in wanted.items():
        if name == "åben":
            _same("sagen åben", value, found.closed_at is None)
        elif name == "i_bero":
            _same("sagen i bero", value, found.paused_at is not None)
        elif name == "borger":
            citizen = course.read(lambda uow: uow.citizens.get(found.citizen_key) if found.citizen_key else None)
            _same("sagens borger", value, citizen.name if citizen else None)
        elif name in CASE_FIELDS:
            _same(f"sagens {name}", value, getattr(found, CASE_FIELDS[name]))
        else:
            raise BadInput(why=f"sag: ukendt {name}; kendte: {', '.join((*CASE_FIELDS, 'åben', 'i_bero', 'borger'))}")


def no_case(course: Course, wanted: bool) -> None:
    _same("uden sag", wanted, course.find_case() is None)


def deadlines(course: Course, wanted: Mapping[str, Any]) -> None:
    rows = _deadlines(course)
    for id_, value in wanted.items():
        assert id_ in rows, f"der er ingen frist {id_}; frister: {', '.join(sorted(rows)) or 'ingen'}"
        _same_day(f"fristen {id_}", value, rows[id_].due)


def paused(course: Course, wanted: Mapping[str, bool]) -> None:
    rows = _deadlines(course)
    for id_, value in wanted.items():
        assert id_ in rows, f"der er ingen frist {id_}"
        _same(f"fristen {id_} i bero", value, rows[id_].paused_at is not None)


def skipped_days(course: Course, wanted: Mapping[str, Mapping[Any, str]]) -> None:
    """Days that a deadline's explanation says did not count, and why."""
    rows = _deadlines(course)
    for id_, days in wanted.items():
        assert id_ in rows, f"der er ingen frist {id_}"
        told = {str(s.day): s.why for count in rows[id_].counts for s in count.skipped}
        for day, why in days.items():
            _same(f"{id_}: {day}", why, told.get(str(day)))


def task_due(course: Course, wanted: Mapping[str, Any]) -> None:
    for element_id, value in wanted.items():
        _same_day(f"opgavefrist {element_id}", value, course.task(element_id).due)


def variables(course: Course, wanted: Mapping[str, Any]) -> None:
    scopes = instances.variables_of(course.world.platform, course.instance().root_key)
    seen = scopes[min(scopes)]
    for name, value in wanted.items():
        _same(f"variablen {name}", _plain(value), seen.get(name))


def sent(course: Course, wanted: Sequence[Mapping[str, Any]]) -> None:
    left = course.sent_since()
    for entry in wanted:
        hit = next((d for d in left if _matches(d, entry)), None)
        told = "; ".join(f"{d.channel} til {d.recipient}: {d.subject}" for d in left) or "intet"
        assert hit is not None, f"der er ikke sendt {dict(entry)}; sendt: {told}"
        left.remove(hit)


def not_sent(course: Course, wanted: bool | Sequence[Mapping[str, Any]]) -> None:
    entries: Sequence[Mapping[str, Any]] = [{}] if isinstance(wanted, bool) else wanted
    for entry in entries:
        hit = next((d for d in course.sent_since() if _matches(d, entry)), None)
        assert hit is None, f"der skulle ikke være sendt noget, men: {hit.subject if hit else ''}"


def _matches(dispatch: Dispatch, entry: Mapping[str, Any]) -> bool:
    seen = {
        "kanal": dispatch.channel.value,
        "til": dispatch.recipient,
        "emne": dispatch.subject,
        "tekst": dispatch.body,
        "bilag": len(dispatch.document_keys),
    }
    unknown = sorted(k for k in entry if k.rstrip("~") not in seen)
    if unknown:
        raise BadInput(why=f"sendt: ukendt {', '.join(unknown)}; kendte: {', '.join(seen)} (med ~ efter: indeholder)")
    return all(
        all(str(part) in str(seen[name[:-1]]) for part in _listed(value)) if name.endswith("~") else seen[name] == value
        for name, value in entry.items()
    )


def documents(course: Course, wanted: Sequence[str]) -> None:
    owner = course.case().key
    seen = {word for d in course.read(lambda uow: uow.cases.documents(owner)) for word in (d.kind, d.title)}
    missing = sorted(set(_listed(wanted)) - seen)
    assert not missing, (
        f"sagen mangler dokumenterne {', '.join(missing)}; den har: {', '.join(sorted(seen)) or 'ingen'}"
    )


def lists(course: Course, wanted: Mapping[str, Sequence[int]]) -> None:
    """`lister: {samtykker: [1, 3]}`: the numbers of the rows that stand on a list of the case now."""
    case, platform = course.case(), course.world.platform
    for id_, numbers in wanted.items():

        def work(uow: UnitOfWork, id_: str = id_) -> list[object]:
            catalog = platform.catalogs.view(uow.definitions)
            return [row.get("nr") for row in caselists.rows_of(uow, catalog, case, id_, platform.clock.now())]

        _same(f"listen {id_}", list(numbers), course.read(work))


def notices(course: Course, wanted: Sequence[Mapping[str, str]]) -> None:
    usernames = {str(entry["til"]) for entry in wanted}
    told = course.read(lambda uow: {u: [n.text for n in uow.notices.of(u)] for u in usernames})
    for entry in wanted:
        texts = told[str(entry["til"])]
        exact, part = entry.get("tekst"), entry.get("tekst~", "")
        hit = any((exact is None or t == exact) and part in t for t in texts)
        assert hit, f"{entry['til']} har ikke fået {dict(entry)}; der står: {'; '.join(texts) or 'intet'}"


def no_notices(course: Course, unwanted: Sequence[Mapping[str, str]]) -> None:
    """`ikke_notitser`: what somebody has not been told (yet)."""
    for entry in unwanted:
        try:
            notices(course, [entry])
        except AssertionError:
            continue
        raise AssertionError(f"{entry['til']} skulle ikke have fået {dict(entry)}")


def contacts(course: Course, wanted: int) -> None:
    owner = course.case().key
    _same("kontakter på sagen", wanted, len(course.read(lambda uow: uow.cases.contacts(owner))))


def records(course: Course, wanted: Mapping[str, Mapping[str, Any] | int]) -> None:
    """`skemaer: {aftale: {felt: værdi}}` for the newest version, or the number of versions."""
    owner = course.case().key
    kept = course.read(lambda uow: uow.cases.records(owner))
    for form_id, want in wanted.items():
        seen = [r for r in kept if r.form_id == form_id]
        if isinstance(want, int):
            _same(f"versioner af {form_id}", want, len(seen))
            continue
        assert seen, f"sagen har intet skema {form_id}"
        for name, value in want.items():
            _same(f"{form_id}.{name}", _plain(value), seen[0].values.get(name))


def notes(course: Course, wanted: Sequence[str]) -> None:
    """Texts that some note of the case contains."""
    owner = course.case().key
    texts = [n.text for n in course.read(lambda uow: uow.cases.notes(owner))]
    for part in _listed(wanted):
        assert any(part in t for t in texts), (
            f"intet journalnotat indeholder »{part}«; der står: {'; '.join(texts) or 'intet'}"
        )


def incidents(course: Course, wanted: Sequence[str | Mapping[str, str]]) -> None:
    """The types of all that are open, or `{ved: <element>, siger: <part of the message>}` for each."""
    keys = course.instances
    found = course.read(lambda uow: [i for key in keys for i in uow.incidents.open_of(key)])
    told = "; ".join(f"{i.element_id}: {i.message}" for i in found)
    at = [entry for entry in wanted if isinstance(entry, Mapping)]
    types = [i.type.value for i in found]
    fits = len(found) == len(wanted) and all(
        any(i.element_id == entry["ved"] and entry["siger"] in i.message for i in found) for entry in at
    )
    fits = fits if at else sorted(_listed(wanted)) == sorted(types)
    assert fits, f"hændelser: ventede {wanted}, så {told or 'ingen'}"


def refused(course: Course, wanted: Mapping[str, str]) -> None:
    """The act before was refused: `fejl` for the message as a whole, else field path → error (`~`: contains)."""
    assert course.refusal is not None, "det foregående trin blev ikke afvist"
    errors: Mapping[str, str] = getattr(course.refusal, "errors", {})
    for name, text in wanted.items():
        plain = name.rstrip("~")
        seen = str(course.refusal) if plain == "fejl" else errors.get(plain, "")
        fits = text in seen if name.endswith("~") else text == seen
        assert fits, f"{plain}: ventede »{text}«, så »{seen}« (alle fejl: {dict(errors) or course.refusal})"


def awaited(course: Course, wanted: Sequence[str]) -> None:
    key = course.instance().root_key
    seen = {s.name for s in course.read(lambda uow: uow.messages.awaited_by(key))}
    missing = sorted(set(_listed(wanted)) - seen)
    assert not missing, (
        f"forløbet venter ikke på {', '.join(missing)}; det venter på: {', '.join(sorted(seen)) or 'intet'}"
    )


def startable(course: Course, wanted: Mapping[str, Sequence[str]]) -> None:
    """`kan_starte: {bruger: [aktiviteter]}` – contains."""
    key = course.instance().root_key
    for username, elements in wanted.items():
        missing = sorted(set(_listed(elements)) - _offered(course, username, key))
        assert not missing, f"{username} kan ikke starte {', '.join(missing)}"


def _offered(course: Course, username: str, key: int) -> set[str]:
    person, platform = course.world.person(username), course.world.platform
    return course.read(lambda uow: {s.element_id for s in instances.startable(Advance(platform, uow, person), key)})


def ended(course: Course, wanted: str) -> None:
    found = course.instance()
    if wanted == "annulleret":
        _same("forløbet", InstanceStatus.TERMINATED, found.status)
        return
    _same("forløbet", InstanceStatus.COMPLETED, found.status)
    _same("slut", wanted, found.end_event)


def running(course: Course, wanted: bool) -> None:
    _same("i gang", wanted, course.instance().status is InstanceStatus.ACTIVE)


def active(course: Course, wanted: Sequence[str]) -> None:
    """Element ids that hold a token now (contains)."""
    key = course.instance().root_key
    rows = course.read(lambda uow: uow.queries.elements(key, active_only=True))
    seen = {r.element_id for r in rows if r.state is ElementState.ACTIVE}
    missing = sorted(set(_listed(wanted)) - seen)
    assert not missing, f"ikke aktive: {', '.join(missing)}; aktive: {', '.join(sorted(seen))}"


def passed(course: Course, wanted: Sequence[str]) -> None:
    """Element ids completed at some time, in any instance of the scenario (contains)."""
    seen = {r.element_id for r in _elements(course) if r.state is ElementState.COMPLETED}
    missing = sorted(set(_listed(wanted)) - seen)
    assert not missing, f"ikke gennemført: {', '.join(missing)}"


def not_passed(course: Course, unwanted: Sequence[str]) -> None:
    both = sorted({r.element_id for r in _elements(course)} & set(_listed(unwanted)))
    assert not both, f"skulle ikke være nået: {', '.join(both)}"


def _elements(course: Course) -> list[ElementRow]:
    keys = course.instances
    return course.read(lambda uow: [r for key in keys for r in uow.queries.elements(key)])


def _deadlines(course: Course) -> dict[str, Deadline]:
    """By the id in the diagram; one that is waited for goes before what was, the last begun before the others."""
    found = course.find_case()
    owner = found.key if found else course.instance().root_key
    rows, awaited = course.read(lambda uow: (uow.deadlines.of(owner), uow.deadlines.awaited(owner)))
    return {d.drawn: d for d in sorted(rows, key=lambda d: (d.id in awaited, d.set_at, d.id))}


def _same(what: str, wanted: object, seen: object) -> None:
    assert wanted == seen, f"{what}: ventede {_told(wanted)}, så {_told(seen)}"


def _same_day(what: str, wanted: object, seen: datetime | None) -> None:
    """Compare a local date, a local date-time (to the minute), or null."""
    local = seen.astimezone(LOCAL_ZONE) if seen else None
    if isinstance(wanted, datetime):
        _same(what, f"{wanted:%Y-%m-%d %H:%M}", f"{local:%Y-%m-%d %H:%M}" if local else None)
    elif isinstance(wanted, date):
        _same(what, wanted.isoformat(), local.date().isoformat() if local else None)
    elif isinstance(wanted, str):
        form = "%Y-%m-%d" if len(wanted) <= len("2014-09-01") else "%Y-%m-%dT%H:%M"
        text = local.strftime(form) if local else None
        _same(what, wanted[:16], text)
    else:
        _same(what, wanted, local)


def _told(value: object) -> str:
    return "ingen" if value is None else str(value)


def _listed(value: object) -> list[str]:
    return [str(part) for part in value] if isinstance(value, list) else [str(value)]


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


def register_rows(course: Course, wanted: Mapping[str, Any]) -> None:
    """Rows of registers that are valid today: `<register>: {<id>: {felt: værdi}}`, or a list of rows without their ids."""
    now = course.world.clock.now()
    catalog = course.read(lambda uow: course.world.platform.catalogs.view(uow.definitions))
    for register_id, rows in wanted.items():
        assert register_id in catalog.registers, f"der er intet register {register_id}"
        valid = {row.id: row.values for row in catalog.registers.on(register_id, now.astimezone(LOCAL_ZONE).date())}
        if isinstance(rows, Mapping):
            for id_, values in rows.items():
                seen = {name: valid.get(id_, {}).get(name) for name in values}
                _same(f"{register_id}: {id_}", {name: _plain(v) for name, v in values.items()}, seen)
        else:
            for values in rows:
                plain = {name: _plain(v) for name, v in values.items()}
                assert any({name: row.get(name) for name in plain} == plain for row in valid.values()), (
                    f"{register_id}: ingen gyldig række med {plain}; rækker: {list(valid.values())}"
                )


ASSERTS: Mapping[str, tuple[Callable[[Course, Any], None], Shape]] = {
    "åbne": (open_tasks, shapes.NAMES),
    "åben": (also_open, shapes.NAMES),
    "ikke_åbne": (not_open, shapes.NAMES),
    "gruppe": (groups, shapes.NAME_EACH),
    "tildelt": (assignees, shapes.NAME_OR_NONE_EACH),
    "status": (status, shapes.NAME),
    "sag": (case, shapes.OBJECT),
    "uden_sag": (no_case, shapes.YES_NO),
    "frister": (deadlines, shapes.TIME_EACH),
    "frister_i_bero": (paused, shapes.YES_NO_EACH),
    "oversprungne_dage": (skipped_days, shapes.DAYS_EACH),
    "opgavefrist": (task_due, shapes.TIME_EACH),
    "variabler": (variables, shapes.OBJECT),
    "sendt": (sent, shapes.OBJECTS),
    "ikke_sendt": (not_sent, shapes.TRUE_OR_OBJECTS),
    "dokumenter": (documents, shapes.NAMES),
    "notitser": (notices, shapes.NOTICES),
    "ikke_notitser": (no_notices, shapes.NOTICES),
    "kontakter": (contacts, shapes.COUNT),
    "skemaer": (records, shapes.RECORD_EACH),
    "notater": (notes, shapes.NAMES),
    "hændelser": (incidents, shapes.INCIDENTS),
    "afvist": (refused, shapes.TEXT_EACH),
    "venter": (awaited, shapes.NAMES),
    "kan_starte": (startable, shapes.NAMES_EACH),
    "slut": (ended, shapes.NAME),
    "i_gang": (running, shapes.YES_NO),
    "aktive": (active, shapes.NAMES),
    "gennemført": (passed, shapes.NAMES),
    "ikke_nået": (not_passed, shapes.NAMES),
    "register": (register_rows, shapes.ROWS_EACH),
    "variabler_med": (contents.variables_with, shapes.OBJECT),
    "filer": (contents.files, shapes.FILES),
    "ser_skemaer": (contents.forms_seen, shapes.FORMS_SEEN_EACH),
    "mærker": (contents.marks_seen, shapes.NAMES_EACH),
    "skema_viser": (contents.form_shows, shapes.NAMES_EACH),
    "lister": (lists, shapes.NUMBERS_EACH),
}
"""Name under `så` → what it checks, and what must be written there."""
