"""Two units and their cases, played through the real procedure: what the permission walk walks in.

Every text that somebody entered holds a marker of its own, so that a page that shows too much can be caught.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from service.domain.cases import Document, Notice
from service.domain.storage import UnitOfWork
from service.domain.views import InstanceQuery
from service.testing.acts import read_act
from service.testing.course import Course
from service.testing.world import DEMO_PASSWORD, World
from service.usecases import people

ROOT = Path(__file__).parents[2]
BEGIN = datetime(2014, 9, 1, 7, 0, tzinfo=UTC)
"""Monday 1 September 2014, 9 o'clock in Copenhagen."""
MORE_STAFF = b"""
personer:
  - {brugernavn: nils.leder, navn: Nils Test Leder, roller: [leder@voksenenhed-nord], leder_af: [voksenenhed-nord]}
  - {brugernavn: pia.psyk, navn: Pia Test Psyk, roller: [psyk-afdeling]}
"""

NORD_CPR, SYD_CPR, INTAKE_CPR = "0107805513", "0107924427", "1504761118"
SECRETS = {
    "journal": "JOURNALORD",
    "kontakt": "KONTAKTORD",
    "plan": "PLANORD",
    "stoette": "STOETTEORD",
    "adresse": "Rantzausgade 77",
}
"""What stands on the Nord case beside the agreement: for those who see all of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A case, and one of everything on it that an address may name."""

    number: str
    citizen: str
    cpr: str
    task: int
    """Assigned to whoever has the case (or, for BIF, to her)."""
    free: int
    """Unassigned."""
    instance: int
    incident: int
    document: int
    form_id: str
    deadline: str
    closed: str
    """A closed case in the same hands."""


@dataclass(frozen=True, slots=True)
class TwoUnits:
    """Case Nord (Mona's, in its running phase), case Syd (Sune's), and one that Vera has in visitation."""

    world: World
    nord: Place
    nord_bif: Place
    syd: Place
    intake: Place
    notices: Mapping[str, int]
    """Username → a notice of hers."""


class _Story:
    """One course, told act by act."""

    def __init__(self, world: World) -> None:
        self.world, self.own = world, set[int]()
        self.course = Course(world, {}, self.own)

    def does(self, **body: Any) -> None:
        before = self._roots()
        read_act(body)(self.course)
        self.world.settle()
        self.own |= self._roots() - before

    def _roots(self) -> set[int]:
        rows = self.course.read(lambda uow: uow.queries.instances(InstanceQuery(state="alle", limit=1000))).rows
        return {row.key for row in rows}

    def task(self, element_id: str) -> int:
        return self.course.task(element_id).key

    def place(self, task: int, free: int, form_id: str, deadline: str, closed: str) -> Place:
        case = self.course.case()
        citizen = self.course.read(lambda uow: uow.citizens.get(case.citizen_key or 0))
        assert citizen is not None
        assert citizen.cpr is not None
        assert case.instance_key is not None
        found = self.course.read(lambda uow: uow.incidents.open_of(case.instance_key or 0))
        deadlines = self.course.read(lambda uow: uow.deadlines.of(case.key))
        return Place(
            number=case.number,
            citizen=citizen.name,
            cpr=citizen.cpr,
            task=task,
            free=free,
            instance=case.instance_key,
            incident=found[0].key,
            document=_add_document(self.world, case.key),
            form_id=form_id,
            deadline=next((d.id for d in deadlines if d.drawn == deadline), deadline),
            closed=closed,
        )


def _add_document(world: World, case_key: int) -> int:
    content = b"Dokumentets indhold"
    document = Document(
        case_key=case_key,
        key=world.platform.keys.next(),
        title="Mentoraftale",
        kind="mentoraftale",
        media_type="text/plain",
        file_name="aftale.txt",
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        version=7,
        made_at=world.clock.now(),
        made_by="system",
    )
    world.platform.store.transact(lambda uow: uow.cases.add_document(document, content))
    return document.key


def _enquire(story: _Story, who: str, name: str, cpr: str, postcode: str) -> None:
    story.does(
        henvendelse="udskrivningsmentor",
        som=who,
        med={
            **{"kilde": "region_h", "cpr": cpr, "navn": name, "postnummer": postcode, "telefon": "22334455"},
            **{"adresse": f"{SECRETS['adresse']}, {postcode} København", "afdeling": "Psykiatrisk Center Nord"},
            **{"indlagt": "2014-08-20", "planlagt_udskrivning": "2014-09-15", "samtykke_region": "ja"},
        },
    )


def _create(story: _Story, who: str) -> None:
    story.does(
        fuldfør="ut_opret_um_sag",
        som=who,
        med={
            **{"psykiatrisk_afdeling": "ja", "ophold_klasse": "stationaer", "ydelse": "kontanthjaelp"},
            **{"bopael_i_kommunen": "ja", "stoette_sof": "ja", "stoette_sof_note": SECRETS["stoette"]},
            **{"stoette_bif": "nej", "jobplan": "ukendt", "boligloes": "nej"},
        },
    )


def _break(story: _Story) -> None:
    """An automatic step beside the course fails until it is an incident."""
    story.world.failing["journalnotat"] = 20
    story.does(besked="msg_notat", variabler={"notat": "Nyt fra afdelingen"})
    story.world.move_to(story.world.clock.now() + timedelta(hours=2))
    story.world.failing.clear()


def _handed_over(story: _Story, who: str, name: str, cpr: str, postcode: str, leader: str, mentor: str) -> None:
    _enquire(story, who, name, cpr, postcode)
    _create(story, who)
    story.does(fuldfør="ut_visiter", som=who)
    story.does(fuldfør="ut_tildel_mentor", som=leader, med={"mentor": mentor, "kompetence": True})


def _to_agreement(story: _Story, mentor: str) -> None:
    spoken = {"kanal": "telefon", "resultat": "opnaaet", "varighed": 15, "indhold": SECRETS["kontakt"]}
    story.does(fuldfør="ut_kontaktforsoeg", som=mentor, med=spoken)
    offered = {"gennemgaaet": ["loven", "frivilligt", "indhold"], "materiale_udleveret": "ja", "svar": "ja"}
    handed = {"materiale": "folder_mentor", "materiale_dato": "2014-09-01"}
    story.does(fuldfør="ut_praesenter_tilbud", som=mentor, med=offered | handed)
    goal = {"maal": "En stabil bolig", "opgaver": ["bolig"], "borger_accept": True, "mentor_underskrift": True}
    story.does(fuldfør="ut_mentoraftale", som=mentor, med=goal)


def _plan(story: _Story, mentor: str) -> None:
    topic = {"status": "behov", "behov": SECRETS["plan"], "handling": "Aftale"}
    topics = dict.fromkeys(("bolig", "oekonomi", "jobcenter", "behandling", "netvaerk"), topic)
    goal = {"tekst": "Bo i egen lejlighed", "maaldato": "2014-12-01", "status": "i_gang", "timer": 8}
    todo = {"beskrivelse": "Ringe", "ejer": "Mona", "frist": "2014-09-10", "status": "aaben"}
    plan = {**topics, "maal": [goal], "opgaver": [todo], "timer_brug": SECRETS["plan"]}
    story.does(fuldfør="ut_planlaegningssamtale", som=mentor, med=plan)


def _closed(world: World, name: str, cpr: str, postcode: str, leader: str, mentor: str) -> str:
    story = _Story(world)
    _handed_over(story, "viggo.visitator", name, cpr, postcode, leader, mentor)
    story.does(annullér="", som=leader)
    return story.course.case().number


@contextmanager
def open_two_units() -> Iterator[TwoUnits]:
    with World(BEGIN) as world:
        world.deploy_folder(ROOT)
        people.put_staff(world.platform, people.read_staff(MORE_STAFF, "personer.yaml"), DEMO_PASSWORD)
        people.put_api_account(world.platform, "demo-api", DEMO_PASSWORD)
        syd = _syd(world)
        intake = _intake(world)
        nord, nord_bif = _nord(world)
        yield TwoUnits(world, nord, nord_bif, syd, intake, _notices(world))


def _syd(world: World) -> Place:
    closed = _closed(world, "Ove Test Fjord", "1108723314", "2300", "lars.leder", "sune.mentor")
    story = _Story(world)
    _handed_over(story, "viggo.visitator", "Karin Test Holt", SYD_CPR, "2300", "lars.leder", "sune.mentor")
    _break(story)
    task = story.task("ut_kontaktforsoeg")
    return story.place(task, _free(world, "2300"), "um-oprettelse", "kontaktfrist", closed)


def _free(world: World, postcode: str) -> int:
    """The unassigned task of another new case in the unit of this postcode."""
    story = _Story(world)
    cpr = {"2300": "2411698846", "2200": "3006903310"}[postcode]
    _enquire(story, "viggo.visitator", "Aksel Test Dam", cpr, postcode)
    _create(story, "viggo.visitator")
    story.does(fuldfør="ut_visiter", som="viggo.visitator")
    return story.task("ut_tildel_mentor")


def _intake(world: World) -> Place:
    story = _Story(world)
    _enquire(story, "vera.visitator", "Jens Test Myre", INTAKE_CPR, "2200")
    free = story.task("ut_opret_um_sag")
    story = _Story(world)
    _enquire(story, "vera.visitator", "Lis Test Bro", "0203885520", "2200")
    _create(story, "vera.visitator")
    _break(story)
    story.does(tag="ut_visiter", som="vera.visitator")
    closed = _Story(world)
    _enquire(closed, "vera.visitator", "Mia Test Eng", "1909844430", "2200")
    closed.does(annullér="", som="dan.drift")
    number = closed.course.case().number
    return story.place(story.task("ut_visiter"), free, "um-oprettelse", "kontaktfrist", number)


def _nord(world: World) -> tuple[Place, Place]:
    closed = _closed(world, "Tove Test Gran", "0512956628", "2200", "lene.leder", "mona.mentor")
    story = _Story(world)
    _handed_over(story, "viggo.visitator", "Bo Test Lind", NORD_CPR, "2200", "lene.leder", "mona.mentor")
    _to_agreement(story, "mona.mentor")
    _plan(story, "mona.mentor")
    story.does(besked="msg_notat", variabler={"notat": SECRETS["journal"]})
    _break(story)
    for activity in ("ut_maal_opnaaet", "ut_opdater_plan", "sp_ikke_maalgruppe"):
        story.does(aktivér=activity, som="mona.mentor")
    story.does(frigiv="ut_opdater_plan", som="mona.mentor")
    story.does(tag="ut_bif_bekraeft", som="birgit.bif")
    mine, offered = story.task("ut_maal_opnaaet"), story.task("ut_opdater_plan")
    nord = story.place(mine, offered, "um-mentoraftale", "ret_opfyldt", closed)
    bif_mine, bif_offered = story.task("ut_bif_bekraeft"), story.task("ut_ikke_maalgruppe_2")
    return nord, story.place(bif_mine, bif_offered, "um-mentoraftale", "ret_opfyldt", closed)


def _notices(world: World) -> dict[str, int]:
    def work(uow: UnitOfWork) -> dict[str, int]:
        made = {}
        for account in uow.people.all():
            username = account.person.username
            made[username] = world.platform.keys.next()
            notice = Notice(key=made[username], username=username, at=world.clock.now(), kind="prøve", text="Prøve")
            uow.notices.add(notice)
        return made

    return world.platform.store.transact(work)
