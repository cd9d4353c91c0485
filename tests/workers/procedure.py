"""A procedure with cases for the workers' tests: a citizen, a unit, a worker, templates, and a process that sends."""

from __future__ import annotations

from collections.abc import Mapping

from service.domain.access import Person
from service.domain.cases import Case, CaseRecord, Citizen
from service.domain.storage import Account, Unit, UnitOfWork
from tests.engine import drawing as d
from tests.workers.house import House

CPR = "0101809999"

MANIFEST = """
titel: Prøve
sagstyper:
  proeve:
    titel: Prøvesag
    proces: proeve-forloeb
    nummer: "P-{år}-{løbenr:03}"
    statusser: [Oprettet, Afsluttet]
    afslutningsaarsager: {}
    felter: {borger_cpr: "=cpr", enhed: "=enhed", ansvarlig: "=ansvarlig"}
"""


def sending(job_type: str, **inputs: str) -> bytes:
    """A process that hands its inputs (FEEL) to one job and then waits for a message."""
    job = d.job("send", job_type, d.io([(source, target) for target, source in inputs.items()]))
    body = (d.start(), job, d.receive("vent", "m1"), d.end(), d.chain("s", "send", "vent", "e"))
    return d.definitions(d.process("proeve-forloeb", *body))


def files(process: bytes, **templates: str) -> Mapping[str, bytes]:
    texts = {f"processes/proeve/skabeloner/{id_}.html": text.encode() for id_, text in templates.items()}
    return {"processes/proeve/procedure.yaml": MANIFEST.encode(), "processes/proeve/p.bpmn": process, **texts}


def furnish(house: House, citizen: Citizen | None = None) -> None:
    """A citizen, a unit with a mailbox and one without, and a worker."""
    known = citizen or Citizen(
        key=house.platform.keys.next(),
        cpr=CPR,
        name="Karla Test Nielsen",
        address="Prøvevej 12, 8000 Aarhus C",
        phone="12345678",
    )

    def work(uow: UnitOfWork) -> None:
        uow.citizens.put(known)
        uow.people.put_unit(Unit(id="nord", name="Enhed Nord", mailbox="nord@kommune.example"))
        uow.people.put_unit(Unit(id="syd", name="Enhed Syd"))
        worker = Person(house.platform.keys.next(), "mona.mentor", "Mona Test Jensen")
        uow.people.put(Account(person=worker, password_hash="", mail="mona@kommune.example", title="Mentor"))

    house.store.transact(work)


def open_case(house: House, **variables: object) -> int:
    """A running instance with a case, citizen, unit and worker."""
    return house.start("proeve-forloeb", cpr=CPR, enhed="nord", ansvarlig="mona.mentor", key="nøgle-1", **variables)


def case_of(house: House, instance: int) -> Case:
    key = house.instance(instance).case_key or 0
    found = house.platform.read(lambda uow: uow.cases.get(key))
    assert found is not None
    return found


def submit(house: House, case: Case, form: str, version: int, **values: object) -> None:
    record = CaseRecord(
        case_key=case.key,
        key=house.platform.keys.next(),
        form_id=form,
        form_key=0,
        version=version,
        element_id="ut",
        submitted_at=house.clock.now(),
        submitted_by="mona.mentor",
        values=values,
    )
    house.store.transact(lambda uow: uow.cases.add_record(record))
