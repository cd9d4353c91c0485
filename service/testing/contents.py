"""What a scenario may assert of contents: parts of variables, files kept on a case, and who sees which forms."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from service.domain.access import Person
from service.domain.cases import Document
from service.domain.errors import BadInput
from service.domain.form_model import Component, Prose, Section
from service.domain.form_places import place_of
from service.domain.storage import UnitOfWork
from service.testing.course import Course
from service.usecases import access, instances, tasks
from service.usecases.advance import Advance


def variables_with(course: Course, wanted: Mapping[str, Any]) -> None:
    """`variabler_med: {navn: …}`: the variable holds at least this; objects may hold more, lists are as long as given."""
    scopes = instances.variables_of(course.world.platform, course.instance().root_key)
    seen = scopes[min(scopes)]
    for name, part in wanted.items():
        if fault := _lacks(part, seen.get(name), name):
            raise AssertionError(fault)


def _lacks(wanted: Any, seen: Any, where: str) -> str | None:
    if isinstance(wanted, Mapping):
        if not isinstance(seen, Mapping):
            return f"{where}: ventede et objekt, så {seen!r}"
        found = (_lacks(part, seen.get(name), f"{where}.{name}") for name, part in wanted.items())
        return next((fault for fault in found if fault), None)
    if isinstance(wanted, list) and isinstance(seen, list) and len(wanted) == len(seen):
        found = (_lacks(part, seen[i], f"{where}[{i + 1}]") for i, part in enumerate(wanted))
        return next((fault for fault in found if fault), None)
    plain = wanted.isoformat() if hasattr(wanted, "isoformat") else wanted
    return None if plain == seen else f"{where}: ventede {plain!r}, så {seen!r}"


def forms_seen(course: Course, wanted: Mapping[str, Sequence[str] | Mapping[str, int] | None]) -> None:
    """`ser_skemaer: {bruger: [skemaer]}`: the forms of the case that she may read, or how many versions of each
    (`{skema: antal}`); null when the case is closed to her.
    """
    case, platform = course.case(), course.world.platform
    for username, forms in wanted.items():
        person = course.world.person(username)

        def work(uow: UnitOfWork, person: Person = person) -> list[str] | None:
            advance = Advance(platform, uow, person)
            granted = access.case_access(advance, case)
            if granted is None:
                return None
            kept = uow.cases.records(case.key)
            return sorted(r.form_id for r in kept if granted.sees_record(person, r, advance.now))

        read = course.read(work)
        seen = None if read is None else dict(Counter(read)) if isinstance(forms, Mapping) else sorted(set(read))
        want = forms if forms is None or isinstance(forms, Mapping) else sorted(forms)
        assert seen == want, f"{username}: ventede at se {want}, ser {seen}"


def marks_seen(course: Course, wanted: Mapping[str, Sequence[str]]) -> None:
    """`mærker: {bruger: [tekster]}`: the marks of the case's citizen that she sees."""
    case, platform = course.case(), course.world.platform
    for username, texts in wanted.items():
        person = course.world.person(username)

        def work(uow: UnitOfWork, person: Person = person) -> list[str]:
            return list(access.marks(Advance(platform, uow, person), [case.citizen_key]).get(case.citizen_key or 0, ()))

        seen = course.read(work)
        assert seen == list(texts), f"{username}: ventede mærkerne {list(texts)}, ser {seen}"


def form_shows(course: Course, wanted: Mapping[str, str | Sequence[str]]) -> None:
    """`skema_viser: {opgave: [tekster]}`: texts that whoever has the task reads between the fields of its form."""
    for element_id, texts in wanted.items():
        task = course.task(element_id)
        if task.assignee is None:
            raise BadInput(why=f"opgaven {element_id} har ingen endnu; lad nogen tage den, før skemaet læses")
        page = tasks.look(course.world.platform, course.world.person(task.assignee), task.key)
        assert page.form is not None, f"opgaven {element_id} har intet skema"
        assert page.shown is not None
        read = " ".join([*_prose(page.form.schema.components, page.shown.hidden), *page.shown.texts.values()])
        missing = [text for text in ([texts] if isinstance(texts, str) else texts) if text not in read]
        assert not missing, f"skemaet til {element_id} viser ikke {missing}; der står: {read or 'intet'}"


def _prose(components: Sequence[Component], hidden: frozenset[str], prefix: str = "") -> Iterator[str]:
    """The written texts of a form, its groups' too, that no condition hides."""
    for part in components:
        if place_of(part, prefix) in hidden:
            continue
        if isinstance(part, Prose) and isinstance(part.text, str):
            yield part.text
        elif isinstance(part, Section):
            yield from _prose(part.components, hidden, f"{prefix}{part.path}." if part.path else prefix)


def files(course: Course, wanted: Sequence[Mapping[str, Any]]) -> None:
    """`filer`: a list of `{sag, art, endelse, med, uden}`: a kept file of the case (that of the scenario where none is named)
    of this kind and ending; a text file holds every line of `med` and none of `uden`.
    """
    for entry in wanted:
        number = str(entry["sag"]) if "sag" in entry else course.case().number
        kind, ending = str(entry["art"]), str(entry["endelse"])

        def work(uow: UnitOfWork, number: str = number) -> list[tuple[Document, bytes]]:
            case = uow.cases.by_number(number)
            if case is None:
                raise BadInput(why=f"der er ingen sag {number}")
            kept = (uow.cases.document(d.key) for d in uow.cases.documents(case.key))
            return [found for found in kept if found is not None]

        found = [c for d, c in course.read(work) if d.kind == kind and d.file_name.endswith(f".{ending}")]
        assert len(found) == 1, f"sag {number} har {len(found)} filer af arten {kind} med endelsen {ending}"
        lines = found[0].decode("utf-8-sig", "replace").splitlines()
        missing = [line for line in entry.get("med", ()) if str(line) not in lines]
        present = [line for line in entry.get("uden", ()) if str(line) in lines]
        assert not missing, f"{kind}.{ending} mangler {missing}; den lyder: {lines}"
        assert not present, f"{kind}.{ending} skulle være uden {present}"
