"""What a form may know of the world around it: the case, its citizen, earlier records, and lists of people and units."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from service.domain.cases import Case
from service.domain.form_model import Option
from service.domain.forms import Form, FormContext
from service.domain.json import Json, Variables
from service.domain.storage import Account, UnitOfWork
from service.usecases.advance import Advance


def context_for(
    advance: Advance, form: Form, *, case: Case | None, task_inputs: Variables, unit: str | None = None
) -> FormContext:
    """The surroundings of a form on this case (or none). `unit` is the task's unit where the case has none yet."""
    uow = advance.uow
    return FormContext(
        now=advance.now,
        facts={**case_facts(uow, case), "opgave": dict(task_inputs)},
        calendar=advance.catalog.calendar,
        choices={source: _options(uow, source, (case.unit if case else None) or unit) for source in form.sources},
    )


def case_facts(uow: UnitOfWork, case: Case | None) -> dict[str, Json]:
    """`sag`, `borger`, `enhed`, `ansvarlig` and `skema` under the names that forms and templates use."""
    if case is None:
        return {"sag": None, "borger": None, "enhed": None, "ansvarlig": None, "skema": {}}
    citizen = uow.citizens.get(case.citizen_key) if case.citizen_key else None
    unit = uow.people.unit(case.unit) if case.unit else None
    worker = uow.people.account(case.worker) if case.worker else None
    newest: dict[str, Mapping[str, Json]] = {}
    for record in uow.cases.records(case.key):
        newest.setdefault(record.form_id, record.values)
    return {
        "sag": {
            "nummer": case.number,
            "status": case.status,
            "oprettet": case.opened_at.isoformat(),
            "enhed": case.unit,
            "ansvarlig": case.worker,
            "timer_brugt": case.hours_used,
            "timer_ramme": case.hours_budget,
        },
        "borger": dict(citizen.words()) if citizen else None,
        "enhed": {"id": unit.id, "navn": unit.name, "sikker_postkasse": unit.mailbox, "telefon": unit.phone}
        if unit
        else None,
        "ansvarlig": person_facts(worker) if worker else None,
        "skema": newest,
    }


def person_facts(account: Account) -> dict[str, Json]:
    return {
        "brugernavn": account.person.username,
        "navn": account.person.name,
        "titel": account.title,
        "mail": account.mail,
        "telefon": account.phone,
    }


def _options(uow: UnitOfWork, source: str, unit: str | None) -> Sequence[Option]:
    """`enheder`, `enheder:<type>`, `medarbejdere:<rolle>`, `medarbejdere:<rolle>@enhed` (the case's unit), with their load."""
    kind, _, rest = source.partition(":")
    if kind == "enheder":
        return [Option(u.name, u.id) for u in uow.people.units() if not rest or u.type == rest]
    role, at, _ = rest.partition("@")
    people = uow.people.with_role(role, unit if at and unit else None)
    load = uow.tasks.open_counts([a.person.username for a in people])
    return [Option(_with_load(a, load.get(a.person.username, 0)), a.person.username) for a in people]


def _with_load(account: Account, tasks: int) -> str:
    return f"{account.person.name} ({tasks} {'åben opgave' if tasks == 1 else 'åbne opgaver'})"
