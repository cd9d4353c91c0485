"""What a form may know of the world around it: the case, its citizen, earlier records, and lists of people and units."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from datetime import datetime

from service.domain.cases import Case
from service.domain.clock import LOCAL_ZONE
from service.domain.form_model import Option
from service.domain.forms import Form, FormContext
from service.domain.json import Json, Variables
from service.domain.registers import Registers
from service.domain.storage import Account, UnitOfWork
from service.usecases import caselists
from service.usecases.advance import Advance


def context_for(
    advance: Advance, form: Form, *, case: Case | None, task_inputs: Variables, unit: str | None = None
) -> FormContext:
    """The surroundings of a form on this case (or none). `unit` is the task's unit where the case has none yet."""
    uow = advance.uow
    return FormContext(
        now=advance.now,
        facts={**case_facts(uow, case, form.reads), **_lists(advance, form, case), "opgave": dict(task_inputs)},
        calendar=advance.catalog.calendar,
        registers=advance.catalog.registers,
        files=_files(uow, case) if form.schema.has_files and case else frozenset(),
        choices={source: _options(advance, source, case.unit if case else None, unit) for source in form.sources},
    )


def _lists(advance: Advance, form: Form, case: Case | None) -> dict[str, Json]:
    """The rows of the case's lists, for a form that reads them."""
    if "lister" not in form.reads:
        return {}
    known = caselists.of_case(advance.catalog, case.folder) if case else {}
    records = advance.uow.cases.records(case.key) if case and known else ()
    return {
        "lister": {id_: caselists.rows(advance.catalog, found, records, advance.now) for id_, found in known.items()}
    }


def _files(uow: UnitOfWork, case: Case) -> frozenset[str]:
    return frozenset(str(document.key) for document in uow.cases.documents(case.key))


def _case(uow: UnitOfWork, case: Case) -> Json:
    return {
        "nummer": case.number,
        "status": case.status,
        "oprettet": case.opened_at.isoformat(),
        "enhed": case.unit,
        "ansvarlig": case.worker,
        "timer_brugt": case.hours_used,
        "timer_ramme": case.hours_budget,
    }


def _citizen(uow: UnitOfWork, case: Case) -> Json:
    citizen = uow.citizens.get(case.citizen_key) if case.citizen_key else None
    return dict(citizen.words()) if citizen else None


def _unit(uow: UnitOfWork, case: Case) -> Json:
    unit = uow.people.unit(case.unit) if case.unit else None
    if unit is None:
        return None
    return {"id": unit.id, "navn": unit.name, "sikker_postkasse": unit.mailbox, "telefon": unit.phone}


def _worker(uow: UnitOfWork, case: Case) -> Json:
    worker = uow.people.account(case.worker) if case.worker else None
    return person_facts(worker) if worker else None


def _records(uow: UnitOfWork, case: Case) -> Json:
    """Form id → the values of its newest submission."""
    newest: dict[str, Json] = {}
    for record in uow.cases.records(case.key):
        newest.setdefault(record.form_id, record.values)
    return newest


FACTS: Mapping[str, Callable[[UnitOfWork, Case], Json]] = {
    "sag": _case,
    "borger": _citizen,
    "enhed": _unit,
    "ansvarlig": _worker,
    "skema": _records,
}
"""What forms and templates may know of a case, under the names they use."""


def case_facts(uow: UnitOfWork, case: Case | None, names: Container[str] = FACTS) -> dict[str, Json]:
    """The facts that are named, looked up; the others are left out."""
    if case is None:
        return {name: {} if name == "skema" else None for name in FACTS if name in names}
    return {name: find(uow, case) for name, find in FACTS.items() if name in names}


def person_facts(account: Account) -> dict[str, Json]:
    return {
        "brugernavn": account.person.username,
        "navn": account.person.name,
        "titel": account.title,
        "mail": account.mail,
        "telefon": account.phone,
    }


def known_names(uow: UnitOfWork, registers: Registers, form: Form, at: datetime) -> dict[str, Sequence[Option]]:
    """For reading a form that was submitted then: every choice there has ever been, by the name it had."""
    found: dict[str, Sequence[Option]] = {}
    for source in form.sources:
        kind, _, rest = source.partition(":")
        if kind == "register":
            names = registers.names(rest, at.astimezone(LOCAL_ZONE).date()) if rest in registers else {}
            found[source] = [Option(name, id_) for id_, name in names.items()]
        elif kind == "enheder":
            found[source] = [Option(unit.name, unit.id) for unit in uow.people.units()]
        else:
            found[source] = [Option(a.person.name, a.person.username) for a in uow.people.all()]
    return found


def _options(advance: Advance, source: str, case_unit: str | None, task_unit: str | None) -> Sequence[Option]:
    """`enheder`, `enheder:<type>`, `register:<id>` (rows valid today), `medarbejdere:<rolle>`, `medarbejdere:<rolle>@enhed`
    (the case's unit), `medarbejdere:<rolle>@opgave` (the unit the task is offered to), with their load.
    """
    uow, registers = advance.uow, advance.catalog.registers
    kind, _, rest = source.partition(":")
    if kind == "register":
        today = advance.now.astimezone(LOCAL_ZONE).date()
        return registers.options(rest, today) if rest in registers else []
    if kind == "enheder":
        return [Option(u.name, u.id) for u in uow.people.units() if u.closed_at is None and rest in ("", u.type)]
    role, _, at = rest.partition("@")
    unit = {"enhed": case_unit or task_unit, "opgave": task_unit}.get(at)
    people = uow.people.with_role(role, unit)
    load = uow.tasks.open_counts([a.person.username for a in people])
    return [Option(_with_load(a, load.get(a.person.username, 0)), a.person.username) for a in people]


def _with_load(account: Account, tasks: int) -> str:
    return f"{account.person.name} ({tasks} {'åben opgave' if tasks == 1 else 'åbne opgaver'})"
