"""Who may read, make and decide what: the table of PROCEDURES B8, cell by cell, on a manifest that says all of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest

from service.domain.cases import Case, CaseRecord, Citizen
from service.domain.clock import LOCAL_ZONE
from service.domain.errors import BadInput, DeploymentRefused, Forbidden, NotFound, WrongState
from service.domain.views import CaseQuery
from service.testing import World
from service.usecases import access, casepage, cases, instances, marks, openings, people, tasks
from service.usecases import inbox as inboxes
from service.usecases.bundle import Resource
from tests.engine import drawing as d
from tests.usecases.office import assigned, form

MONDAY = datetime(2026, 3, 2, 9, tzinfo=LOCAL_ZONE)
FORMS = ("aftale", "vurdering", "journal", "f4", "omraade", "tilbud", "tilbagemelding", "jobplan", "opmand")
MANIFEST = """
titel: Hele tabellen
sagstyper:
  um: &kind
    titel: Mentorsag
    proces: um
    nummer: "UM-{løbenr:02}"
    statusser: [Åben, Lukket]
    afslutningsaarsager: {}
    felter: {borger_cpr: "=cpr", enhed: "=enhed", ansvarlig: "=ansvarlig"}
  fs:
    <<: *kind
    titel: Fremskudt sagsbehandling
    proces: fs
    nummer: "FS-{løbenr:02}"
    noedadgang_timer: 2
    markering_fjernes_af: [tovholder]
    felter:
      borger_cpr: "=cpr"
      enhed: "=enhed"
      ansvarlig: "=ansvarlig"
      markering: '=if sagsbehandler = null then null else "Fremskudt sagsbehandling: " + sagsbehandler.navn'
      markering_efter: '=if overdraget = true then "Støttes videre, før hos " + sagsbehandler.navn else null'
      tilknyttede:
        modtager: '=[henvender.brugernavn, henvender.rolle + "@" + henvender.enhed]'
        ordinaer: "=omraader"
        skp: "=overdraget_til"
        moededeltager: "=deltagere"
  fb:
    <<: *kind
    titel: Fælles borger
    proces: fb
    nummer: "FB-{løbenr:02}"
    felter:
      borger_cpr: "=cpr"
      enhed: "=enhed"
      tilknyttede: {kontaktperson: "=kontaktperson", sof: "=sof"}
roller:
  visitator: {titel: Visitator}
  mentor: {titel: Mentor, myndighed: false}
  enhedsleder: {titel: Enhedsleder, leder: true}
  bif: {titel: BIF}
  modtager: {titel: Modtager}
  fs: {titel: Fremskudt}
  tovholder: {titel: Tovholder}
  ordinaer: {titel: Ordinær}
  skp: {titel: SKP}
  moededeltager: {titel: Mødedeltager, ekstern: true}
  kontaktperson: {titel: Kontaktperson, ekstern: true}
  leverandoer: {titel: Leder hos leverandøren, ekstern: true}
  sof: {titel: SOF-team}
  specialenhed: {titel: Specialenhed}
  rapport: {titel: Rapportansvarlig}
rettigheder:
  um:
    visitator: {laes: indgang, opret: true}
    mentor: {laes: egne, opret: true, noedadgang: true}
    enhedsleder: {laes: enhed, opret: true, styr: true}
    bif: {laes: egne, dele: [status, frister, "skema:aftale", "skema:vurdering"]}
    revisor: {laes: begrundelse}
  fs:
    mentor: {opret: true}
    bif: {opret: true}
    modtager: {laes: tilknyttet, dele: [status], opret: true}
    fs: {laes: [egne, enhed], opret: true, noedadgang: true}
    tovholder: {laes: enhed, styr: true}
    ordinaer: {laes: tilknyttet, dele: [status, "skema:omraade"], kun: {"skema:omraade": "=sagsbehandler = mig.brugernavn"}, opret: true}
    skp: {laes: tilknyttet, dele: [status, "skema:aftale"], noedadgang: true, opret: true}
    moededeltager: {laes: tilknyttet, dele: ["skema:f4"], kun: {"skema:f4": "=list contains(deltagere, mig.brugernavn)"}}
    revisor: {laes: begrundelse}
  fb:
    bif: {laes: alle}
    kontaktperson: {laes: tilknyttet, dele: ["skema:tilbud", "skema:tilbagemelding"], kun: {"skema:tilbagemelding": "=af = mig.brugernavn"}}
    leverandoer: {}
    sof: {laes: tilknyttet, dele: [status, forsendelser, "skema:jobplan"], opret: true}
    specialenhed: {laes: egne, dele: ["skema:opmand", "skema:jobplan"]}
    revisor: {laes: begrundelse}
myndighed:
  bevilg: [bif, fs]
"""
STAFF = """
enheder: [{id: nord, navn: Nord}, {id: syd, navn: Syd}, {id: firma, navn: Firma}]
personer:
  - {brugernavn: vera, navn: Vera Test, roller: [visitator]}
  - {brugernavn: mona, navn: Mona Test, roller: [mentor@nord]}
  - {brugernavn: max, navn: Max Test, roller: [mentor@nord]}
  - {brugernavn: lene, navn: Lene Test, roller: [enhedsleder@nord], leder_af: [nord]}
  - {brugernavn: bent, navn: Bent Test, roller: [bif]}
  - {brugernavn: rita, navn: Rita Test, roller: [modtager@syd]}
  - {brugernavn: rolf, navn: Rolf Test, roller: [modtager@syd]}
  - {brugernavn: freja, navn: Freja Test, roller: [fs@nord]}
  - {brugernavn: fie, navn: Fie Test, roller: [fs@nord]}
  - {brugernavn: finn, navn: Finn Test, roller: [fs@syd]}
  - {brugernavn: tove, navn: Tove Test, roller: [tovholder@nord]}
  - {brugernavn: oda, navn: Oda Test, roller: [ordinaer@syd]}
  - {brugernavn: ole, navn: Ole Test, roller: [ordinaer@syd]}
  - {brugernavn: siri, navn: Siri Test, roller: [skp@nord]}
  - {brugernavn: mette, navn: Mette Test, roller: [moededeltager]}
  - {brugernavn: karl, navn: Karl Test, roller: [kontaktperson@firma]}
  - {brugernavn: kaja, navn: Kaja Test, roller: [kontaktperson@firma]}
  - {brugernavn: lau, navn: Lau Test, roller: [leverandoer@firma]}
  - {brugernavn: sofie, navn: Sofie Test, roller: [sof@nord]}
  - {brugernavn: sven, navn: Sven Test, roller: [specialenhed]}
  - {brugernavn: rikke, navn: Rikke Test, roller: [rapport]}
  - {brugernavn: ruth, navn: Ruth Test, roller: [revisor]}
  - {brugernavn: aase, navn: Åse Test, roller: [systemadmin]}
  - {brugernavn: paula, navn: Paula Test, roller: [procesejer]}
  - {brugernavn: dan, navn: Dan Test, roller: [drift]}
  - {brugernavn: lis, navn: Lis Test, roller: [leder@syd], leder_af: [syd]}
"""
EVERYBODY = (
    *("vera", "mona", "max", "lene", "bent", "rita", "rolf", "freja", "fie", "finn", "tove", "oda", "ole", "siri"),
    *("mette", "karl", "kaja", "lau", "sofie", "sven", "rikke", "ruth", "aase", "paula", "dan", "lis"),
)


def diagram(id_: str) -> Resource:
    body = (d.start(), d.user("arbejd", assigned("=[gruppe]")), d.user("bevilg", assigned("bif, fs")), d.end("slut"))
    content = d.definitions(d.process(id_, *body, d.chain("s", "arbejd", "bevilg", "slut")))
    return Resource(f"processes/tabel/{id_}.bpmn", content)


def files(manifest: str = MANIFEST) -> list[Resource]:
    return [
        Resource("processes/tabel/procedure.yaml", manifest.encode()),
        *(diagram(id_) for id_ in ("um", "fs", "fb")),
        *(form(id_, {"key": "svar"}) for id_ in FORMS),
    ]


@dataclass(slots=True)
class Hall:
    world: World
    case: dict[str, Case]

    def look(self, name: str, kind: str) -> casepage.CasePage:
        return cases.look(self.world.platform, self.world.person(name), self.case[kind].number)

    def sight(self, name: str, kind: str) -> str:
        """What she sees of the case: `-` nothing, `*` all, else its parts."""
        try:
            granted = self.look(name, kind).access
        except Forbidden:
            return "-"
        return "*" if granted.whole else " ".join(sorted(granted.parts or ()))

    def listed(self, name: str) -> set[str]:
        try:
            page = cases.listed(self.world.platform, self.world.person(name), CaseQuery(state="alle"))
        except Forbidden:
            return set()
        return {row.kind for row in page.rows}


CASES: dict[str, dict[str, Any]] = {
    "um": {"enhed": "nord", "ansvarlig": "mona", "gruppe": "bif"},
    "fs": {
        **{
            "enhed": "nord",
            "ansvarlig": "freja",
            "gruppe": "fs@nord",
            "omraader": ["oda"],
            "overdraget_til": "skp@nord",
        },
        **{"deltagere": ["mette"], "henvender": {"brugernavn": "rita", "rolle": "modtager", "enhed": "syd"}},
    },
    "fb": {"enhed": "nord", "gruppe": "specialenhed", "kontaktperson": "karl", "sof": "sof@nord"},
}


@pytest.fixture(scope="module")
def made_hall() -> Iterator[Hall]:
    with World(MONDAY) as world:
        world.deploy(files())
        people.put_staff(world.platform, people.read_staff(STAFF.encode(), "personer.yaml"), "demo")
        anna = Citizen(
            key=world.platform.keys.next(), cpr="0107805513", name="Anna Test Dal", address="Bakken 1", version=0
        )
        world.platform.store.transact(lambda uow: uow.citizens.put(anna))
        found = {kind: _start(world, kind, variables) for kind, variables in CASES.items()}
        for kind, case in found.items():
            for number, (form_id, values) in enumerate(_submitted(kind), 1):
                _record(world, case, form_id, number, values)
        yield Hall(world, found)


@pytest.fixture
def hall(made_hall: Hall) -> Iterator[Hall]:
    with World(made_hall.world.clock.now(), like=made_hall.world) as world:
        yield Hall(world, dict(made_hall.case))


def _start(world: World, kind: str, variables: dict[str, Any]) -> Case:
    begun = instances.start(world.platform, world.person("lene"), kind, {"cpr": "0107805513", **variables})
    case = world.platform.read(lambda uow: uow.cases.get(begun.case_key or 0))
    assert case is not None
    return case


def _submitted(kind: str) -> list[tuple[str, dict[str, Any]]]:
    if kind == "fs":
        return [
            ("journal", {}),
            ("aftale", {}),
            ("f4", {"deltagere": ["mette", "siri"]}),
            ("f4", {"deltagere": ["siri"]}),
            ("omraade", {"sagsbehandler": "oda"}),
            ("omraade", {"sagsbehandler": "ole"}),
        ]
    if kind == "fb":
        return [("tilbud", {}), ("tilbagemelding", {"af": "karl"}), ("tilbagemelding", {"af": "kaja"}), ("jobplan", {})]
    return [("aftale", {}), ("vurdering", {}), ("journal", {})]


def _record(world: World, case: Case, form_id: str, version: int, values: dict[str, Any]) -> None:
    record = CaseRecord(
        case_key=case.key,
        key=world.platform.keys.next(),
        form_id=form_id,
        form_key=1,
        version=version,
        element_id="arbejd",
        submitted_at=world.clock.now(),
        submitted_by="lene",
        values=values,
    )
    world.platform.store.transact(lambda uow: uow.cases.add_record(record))


UM = {"mona": "*", "lene": "*", "bent": "frister skema:aftale skema:vurdering status"}
FS = {
    **{"freja": "*", "fie": "*", "tove": "*", "rita": "status", "rolf": "status"},
    **{"oda": "skema:omraade status", "siri": "skema:aftale status", "mette": "skema:f4"},
}
FB = {
    **{"bent": "*", "karl": "skema:tilbagemelding skema:tilbud", "sofie": "forsendelser skema:jobplan status"},
    "sven": "skema:jobplan skema:opmand",
}


@pytest.mark.parametrize(("kind", "expected"), [("um", UM), ("fs", FS), ("fb", FB)])
def test_what_everybody_reads_of_a_case(hall: Hall, kind: str, expected: dict[str, str]) -> None:
    assert {name: sight for name in EVERYBODY if (sight := hall.sight(name, kind)) != "-"} == expected


def test_nobody_lists_more_than_she_reads(hall: Hall) -> None:
    reads = {name: {kind for kind in CASES if hall.sight(name, kind) != "-"} for name in EVERYBODY}
    listed = {name: hall.listed(name) for name in EVERYBODY}
    offered = {"bent": {"um"}, "sven": {"fb"}}
    assert listed == {name: reads[name] - offered.get(name, set()) for name in EVERYBODY}


def test_cases_somebody_took_part_in_are_on_her_list(hall: Hall) -> None:
    _finish(hall, "bent", "um", "arbejd")
    assert hall.listed("bent") == {"um", "fb"}
    assert hall.sight("bent", "um") == UM["bent"]


def test_a_case_without_a_unit_is_the_visitators(hall: Hall) -> None:
    world = hall.world
    hall.case["um"] = _start(world, "um", {"enhed": None, "gruppe": "mentor@nord"})
    assert hall.sight("vera", "um") == "*"
    assert hall.listed("vera") == {"um"}
    assert hall.sight("mona", "um") == "-"


def test_only_the_submissions_that_a_condition_allows(hall: Hall) -> None:
    def versions(name: str, kind: str, form_id: str) -> list[int]:
        return [r.version for r in hall.look(name, kind).records if r.form_id == form_id]

    assert versions("mette", "fs", "f4") == [3]
    assert versions("oda", "fs", "omraade") == [5]
    assert versions("karl", "fb", "tilbagemelding") == [2]
    assert versions("freja", "fs", "f4") == [4, 3]


def test_parts_hide_the_rest_of_the_page(hall: Hall) -> None:
    page = hall.look("karl", "fb")
    assert page.citizen is not None
    assert (page.citizen.name, page.citizen.cpr, page.citizen.address) == ("Anna Test Dal", None, "")
    assert (page.case.status, page.case.unit, page.worker, page.unit_name) == ("", None, None, None)
    assert (page.notes, page.contacts, page.history, page.dispatches, page.other_cases) == ((), (), (), (), [])


CREATE = {
    "um": "vera mona max lene",
    "fs": "mona max bent rita rolf freja fie finn oda ole siri",
    "fb": "sofie",
}


@pytest.mark.parametrize("kind", CREATE)
def test_who_may_create(hall: Hall, kind: str) -> None:
    catalog = hall.world.platform.read(lambda uow: hall.world.platform.catalogs.view(uow.definitions))
    allowed = [n for n in EVERYBODY if access.may_create(catalog, hall.world.person(n), kind)]
    assert allowed == CREATE[kind].split()


class TestAuthority:
    def test_only_its_roles_complete_an_authority_task(self, hall: Hall) -> None:
        _finish(hall, "bent", "um", "arbejd")
        task = _task(hall, "um", "bevilg")
        hall.world.platform.store.transact(lambda uow: uow.tasks.assign(task, "mona"))
        with pytest.raises(Forbidden, match="myndighed"):
            tasks.complete_with(hall.world.platform, hall.world.person("mona"), task.key, {})
        shown = tasks.look(hall.world.platform, hall.world.person("mona"), task.key)
        assert (shown.may_complete, shown.authority) == (False, False)
        hall.world.platform.store.transact(lambda uow: uow.tasks.assign(task, None))
        tasks.complete_with(hall.world.platform, hall.world.person("freja"), task.key, {})

    @pytest.mark.parametrize(
        ("old", "new", "message"),
        [
            ("bevilg: [bif, fs]", "bevilg: [bif, fs, mentor]", "har ikke myndighed"),
            ("bevilg: [bif, fs]", "bevilg: [bif]", "tilbydes rollen fs"),
            ("bevilg: [bif, fs]", "findes_ikke: [bif]", "ingen brugeropgave findes_ikke"),
            ("leverandoer: {}", "leverandoer: {laes: alle}", "ekstern rolle kan kun læse"),
            ("leverandoer: {}", "leverandoer: {laes: egne}", "hele sagen må den aldrig"),
            ("leverandoer: {}", "leverandoer: {noedadgang: true}", "hverken styre sager eller få nødadgang"),
            ("leverandoer: {}", "leverandoer: {laes: tilknyttet, dele: [status]}", "felter.tilknyttede.leverandoer"),
            ("dele: [status], opret", "dele: [status, journalen], opret", "»journalen« er ikke en del af en sag"),
            ('"skema:opmand"', '"skema:ukendt"', "Formularen ukendt"),
            ('"=af = mig.brugernavn"', '"=af = = mig"', "Udtrykket kan ikke læses"),
            ('sof: "=sof"', 'fremmed: "=sof"', "Rollen fremmed"),
            ("fjernes_af: [tovholder]", "fjernes_af: [ingen_rolle]", "Rollen ingen_rolle"),
            ("fjernes_af: [tovholder]", "fjernes_af: []", "hvem der kan fjerne det mærke"),
        ],
    )
    def test_a_manifest_that_gives_too_much_is_not_deployed(self, old: str, new: str, message: str) -> None:
        assert old in MANIFEST
        with World(MONDAY) as world, pytest.raises(DeploymentRefused) as refused:
            world.deploy(files(MANIFEST.replace(old, new, 1)))
        assert any(message in finding.message for finding in refused.value.findings), refused.value.findings


class TestMarks:
    def test_everybody_in_the_house_sees_the_mark_and_nothing_else_of_that_case(self, hall: Hall) -> None:
        page = hall.look("mona", "um")
        assert page.marks == ("Fremskudt sagsbehandling: Freja Test",)
        assert page.other_cases == []
        assert hall.look("freja", "fs").marks == page.marks
        task = tasks.look(hall.world.platform, hall.world.person("bent"), _task(hall, "um", "arbejd").key)
        assert task.marks == page.marks
        rows = cases.listed(hall.world.platform, hall.world.person("mona"), CaseQuery()).rows
        assert [row.marks for row in rows] == [page.marks]
        inbox = inboxes.look(hall.world.platform, hall.world.person("bent"), inboxes.Filter())
        assert {row.marks for row in inbox.page.rows} == {page.marks}

    @pytest.mark.parametrize(("name", "kind"), [("karl", "fb"), ("mette", "fs")])
    def test_people_outside_the_house_do_not(self, hall: Hall, name: str, kind: str) -> None:
        assert hall.look(name, kind).marks == ()

    def test_it_ends_with_the_case(self, hall: Hall) -> None:
        _finish(hall, "freja", "fs", "arbejd")
        assert hall.look("mona", "um").marks
        _finish(hall, "freja", "fs", "bevilg")
        assert hall.look("mona", "um").marks == ()

    def test_one_that_outlives_the_case_stands_until_it_is_taken_away(self, hall: Hall) -> None:
        platform, number = hall.world.platform, hall.case["fs"].number
        lasting = "Støttes videre, før hos Freja Test"
        with pytest.raises(WrongState):
            marks.remove(platform, hall.world.person("tove"), number, "Sagen er ikke slut")
        _finish(hall, "freja", "fs", "arbejd", overdraget=True)
        _finish(hall, "freja", "fs", "bevilg")
        assert hall.look("mona", "um").marks == (lasting,)
        rows = cases.listed(platform, hall.world.person("mona"), CaseQuery()).rows
        assert [row.marks for row in rows] == [(lasting,)]
        assert hall.look("tove", "fs").removable_mark == lasting
        assert hall.look("freja", "fs").removable_mark is None
        with pytest.raises(Forbidden):
            marks.remove(platform, hall.world.person("freja"), number, "Det er slut")
        with pytest.raises(BadInput):
            marks.remove(platform, hall.world.person("tove"), number, " ")
        marks.remove(platform, hall.world.person("tove"), number, "Støtten er slut")
        assert hall.look("mona", "um").marks == ()
        page = hall.look("tove", "fs")
        assert [note.text for note in page.notes] == [f"Mærket »{lasting}« er fjernet: Støtten er slut"]
        with pytest.raises(WrongState):
            marks.remove(platform, hall.world.person("tove"), number, "Igen")


class TestReasons:
    def open(self, hall: Hall, name: str, what: str, reason: str = "Det haster") -> list[str]:
        return openings.open_with_reason(hall.world.platform, hall.world.person(name), what, reason)

    def test_break_glass_access_opens_for_a_while_and_tells_the_leader(self, hall: Hall) -> None:
        case = hall.case["um"]
        assert hall.sight("max", "um") == "-"
        assert self.open(hall, "max", case.number) == [case.number]
        page = hall.look("max", "um")
        assert page.access.whole
        assert page.access.broke_in
        assert not page.access.manage
        notices = hall.world.platform.read(lambda uow: uow.notices.of("lene"))
        assert [n.text for n in notices] == [f"Max Test har åbnet sag {case.number} med nødadgang"]
        logged = cases.accesses(hall.world.platform, hall.world.person("lene"), case.number)
        assert {line[4] for line in logged[:2]} == {"Max Test"}
        assert [line[1:4] for line in logged[:2]] == [("max", "sag", "Det haster"), ("max", "nødadgang", "Det haster")]
        [(opening, name, lasts)] = openings.of_case(hall.world.platform, hall.world.person("lene"), case.number)
        assert (opening.reason, name, lasts) == ("Det haster", "Max Test", True)
        hall.world.move_to(hall.world.clock.now() + timedelta(hours=8))
        assert hall.sight("max", "um") == "-"

    def test_it_opens_the_role_s_parts_and_no_more(self, hall: Hall) -> None:
        hall.case["fs"] = _start(hall.world, "fs", {"enhed": "syd", "ansvarlig": "finn", "gruppe": "fs@syd"})
        assert hall.sight("siri", "fs") == "-"
        self.open(hall, "siri", hall.case["fs"].number)
        assert hall.sight("siri", "fs") == "skema:aftale status"
        hall.world.move_to(hall.world.clock.now() + timedelta(hours=2))
        assert hall.sight("siri", "fs") == "-"

    def test_an_auditor_reads_all_with_a_reason_and_nobody_is_alarmed(self, hall: Hall) -> None:
        for kind in CASES:
            assert hall.sight("ruth", kind) == "-"
            self.open(hall, "ruth", hall.case[kind].number, "Stikprøve")
            assert hall.sight("ruth", kind) == "*"
        assert hall.world.platform.read(lambda uow: uow.notices.of("lene")) == []

    @pytest.mark.parametrize("name", ["bent", "karl", "rikke", "aase", "paula", "dan", "lis"])
    def test_others_have_no_such_way(self, hall: Hall, name: str) -> None:
        with pytest.raises(Forbidden):
            self.open(hall, name, hall.case["um"].number)
        with pytest.raises(Forbidden):
            openings.look(hall.world.platform, hall.world.person(name))

    def test_without_a_reason_or_a_case_nothing_opens(self, hall: Hall) -> None:
        with pytest.raises(BadInput):
            self.open(hall, "max", hall.case["um"].number, "   ")
        for what in ("UM-99", "0101019999"):
            with pytest.raises(NotFound):
                self.open(hall, "max", what)
        assert hall.sight("max", "um") == "-"

    def test_a_kind_of_case_without_the_right_stays_closed(self, hall: Hall) -> None:
        with pytest.raises(Forbidden):
            self.open(hall, "max", hall.case["fb"].number)


def _task(hall: Hall, kind: str, element_id: str) -> Any:
    found = hall.world.platform.read(lambda uow: uow.tasks.open_for(hall.case[kind].key))
    return next(t for t in found if t.element_id == element_id)


def _finish(hall: Hall, name: str, kind: str, element_id: str, **values: Any) -> None:
    tasks.complete_with(hall.world.platform, hall.world.person(name), _task(hall, kind, element_id).key, values)
