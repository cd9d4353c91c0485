"""A small office with two units, for tests of verbs: an application is received, handled by a unit, and decided."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from service.domain.cases import Case
from service.domain.clock import LOCAL_ZONE
from service.domain.instances import Instance
from service.domain.storage import HistoryEntry
from service.domain.waits import Incident, UserTask
from service.testing import World
from service.usecases import enquiries, people
from service.usecases.bundle import Resource
from tests.engine import drawing as d

MONDAY = datetime(2026, 3, 2, 9, tzinfo=LOCAL_ZONE)
"""2 March 2026."""

MANIFEST = """
titel: Ansøgninger
sagstyper:
  ansoegning:
    titel: Ansøgning
    proces: ansoegning
    nummer: "A-{år}-{løbenr:03}"
    statusser: [Modtaget, Behandles, Afgjort, Annulleret]
    afslutningsaarsager: {bevilget: Bevilget}
    kilder: {brev: Brev, telefon: Telefon}
    felter: {borger_cpr: "=cpr", enhed: "=team", ansvarlig: "=ansvarlig"}
figurer:
  ansoegninger:
    titel: Status for ansøgninger
    sagstype: ansoegning
    min_celle: 3
    roller: [modtager]
    milepaele:
      begyndt: {titel: Behandlingen er begyndt, element: behandl, ved: start}
      afgjort: {titel: Afgjort, element: behandl}
    maal:
      - {maal: andel, titel: Andel afgjort, med: afgjort}
      - {maal: dage, titel: Dage til afgørelse, fra: begyndt, til: afgjort}
      - {maal: mod_forloeb, titel: Afgjort af alle, proces: ansoegning, slut: [slut], med: afgjort}
      - {maal: aktive_pr_medarbejder, titel: Åbne pr. medarbejder}
      - {maal: aarstakt, titel: Årstakt, skoen: 100}
roller:
  modtager: {titel: Modtager}
  behandler: {titel: Behandler}
  teamleder: {titel: Teamleder, leder: true}
  partner: {titel: Samarbejdspartner}
rettigheder:
  ansoegning:
    modtager: {laes: indgang, opret: true}
    behandler: {laes: egne}
    teamleder: {laes: enhed, opret: true, styr: true}
    partner: {laes: egne, dele: [status, "skema:modtag", "dokument:afgoerelse"]}
    revisor: {laes: begrundelse}
henvendelse: {titel: Ny ansøgning, proces: ansoegning, opgave: modtag, roller: [modtager, teamleder]}
haendelser:
  msg_nyt: {titel: Nye oplysninger, formular: nyt, roller: [behandler, teamleder]}
formularer:
  modtag: {borger: {cpr: cpr, navn: navn}}
  behandl: {notat: notat, kontakt: {indhold: notat}}
"""
STAFF = b"""
enheder: [{id: nord, navn: Nord, sikker_postkasse: nord@test.dk}, {id: syd, navn: Syd}]
personer:
  - {brugernavn: marie, navn: Marie Test Modtager, roller: [modtager]}
  - {brugernavn: nina, navn: Nina Test Nord, roller: [behandler@nord]}
  - {brugernavn: niels, navn: Niels Test Nord, roller: [behandler@nord]}
  - {brugernavn: sofus, navn: Sofus Test Syd, roller: [behandler@syd]}
  - {brugernavn: lone, navn: Lone Test Leder, roller: [teamleder@nord], leder_af: [nord]}
  - {brugernavn: lars, navn: Lars Test Leder, roller: [teamleder@syd], leder_af: [syd]}
  - {brugernavn: per, navn: Per Test Partner, roller: [partner]}
  - {brugernavn: dan, navn: Dan Test Drift, roller: [drift]}
  - {brugernavn: ruth, navn: Ruth Test Revisor, roller: [revisor]}
"""
MESSAGE = (
    '<bpmn:message id="msg_nyt" name="msg_nyt">'
    + d.ext('<zeebe:subscription correlationKey="=sag.nummer"/>')
    + "</bpmn:message>"
)


def assigned(groups: str, assignee: str | None = None) -> str:
    who = f' assignee="{assignee}"' if assignee else ""
    return f'<zeebe:assignmentDefinition candidateGroups="{groups}"{who}/>'


def with_form(id_: str) -> str:
    return f'<zeebe:formDefinition formId="{id_}"/>'


IN_UNIT = assigned("=[&quot;behandler@&quot; + team]")
"""The handlers of the case's unit."""


@cache
def application(*more: str, job: str = "") -> bytes:
    """The diagram: receive → handle (two working days) → end, and new information at any time. `job` stands before the end."""
    handle = (IN_UNIT, with_form("behandl"), d.due("=arbejdsdage(2)"), d.frist("behandling"), d.status("Behandles"))
    news = d.event_sub(
        "ved_nyt",
        d.message("msg_nyt"),
        d.user("se_nyt", IN_UNIT, name="Se på det nye") + d.end("set"),
        *("se_nyt", "set"),
        interrupting=False,
    )
    fields = [(f"={name}", name) for name in ("cpr", "team")]
    body = (
        d.start(),
        d.user("modtag", assigned("modtager, teamleder"), with_form("modtag"), d.io((), fields), name="Modtag"),
        d.user("behandl", *handle, d.io((), [("=svar", "svar")]), name="Behandl ansøgningen"),
        job,
        d.end("slut", "", d.status("Afgjort")),
        d.chain("s", "modtag", "behandl", *(["send"] if job else []), "slut"),
        news,
        *more,
    )
    return d.definitions(d.process("ansoegning", *body), shared=d.SHARED + MESSAGE)


def form(id_: str, *fields: dict[str, Any]) -> Resource:
    components = [{"type": "textfield", "id": f["key"], "label": f["key"].capitalize(), **f} for f in fields]
    content = {"type": "default", "id": id_, "schemaVersion": 16, "components": components}
    return Resource(f"forms/office/{id_}.form", json.dumps(content).encode())


REQUIRED = {"validate": {"required": True}}
FORMS = (
    form("modtag", {"key": "cpr", **REQUIRED}, {"key": "navn", **REQUIRED}, {"key": "team", **REQUIRED}),
    form("behandl", {"key": "svar", **REQUIRED}, {"key": "notat", "type": "textarea"}),
    form("nyt", {"key": "hvad", **REQUIRED}),
)


def diagram(content: bytes) -> Resource:
    return Resource("processes/office/ansoegning.bpmn", content)


def files(content: bytes | None = None) -> list[Resource]:
    manifest = Resource("processes/office/procedure.yaml", MANIFEST.encode())
    return [manifest, diagram(content or application()), *FORMS]


@dataclass(slots=True)
class Office:
    world: World

    def person(self, name: str) -> Any:
        return self.world.person(name)

    def receive(self, *, cpr: str = "0107805513", name: str = "Anna Test Dal", unit: str = "nord") -> Case:
        """An application received by Marie, waiting in a unit."""
        values = {"cpr": cpr, "navn": name, "team": unit}
        enquiries.submit_with(self.world.platform, self.person("marie"), "office", values)
        return max(self.cases(), key=lambda case: case.key)

    def cases(self) -> list[Case]:
        def work(uow: Any) -> list[Case]:
            found = (uow.cases.by_number(f"A-2026-{n:03}") for n in range(1, 20))
            return [case for case in found if case is not None]

        return self.world.platform.read(work)

    def case(self, case: Case) -> Case:
        """As it is now."""
        return self.world.platform.read(lambda uow: uow.cases.get(case.key))

    def task(self, case: Case, element_id: str = "behandl") -> UserTask:
        tasks = self.world.platform.read(lambda uow: uow.tasks.open_of(case.instance_key))
        [found] = [t for t in tasks if t.element_id == element_id]
        return found

    def open_tasks(self, case: Case) -> list[str]:
        key = self.case(case).instance_key
        tasks = self.world.platform.read(lambda uow: uow.tasks.open_of(key))
        return sorted(t.element_id for t in tasks)

    def instance(self, case: Case) -> Instance:
        return self.world.platform.read(lambda uow: uow.instances.get(case.instance_key))

    def incidents(self, case: Case) -> list[Incident]:
        return list(self.world.platform.read(lambda uow: uow.incidents.open_of(case.instance_key)))

    def history(self, case: Case) -> list[HistoryEntry]:
        return list(reversed(self.world.platform.read(lambda uow: uow.history.of(case.instance_key))))

    def read(self, work: Any) -> Any:
        return self.world.platform.read(work)


@contextmanager
def open_office(content: bytes | None = None) -> Iterator[Office]:
    with World(MONDAY) as world:
        world.deploy(files(content))
        people.put_staff(world.platform, people.read_staff(STAFF, "personer.yaml"), "demo")
        yield Office(world)


@contextmanager
def like(office: Office) -> Iterator[Office]:
    """Another office that begins as this one is."""
    with World(office.world.clock.now(), like=office.world) as world:
        yield Office(world)
