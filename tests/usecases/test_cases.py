"""Cases: read by right, found in lists, written in, and opened again."""

import hashlib
from datetime import timedelta

import pytest

from service.domain.cases import Document
from service.domain.errors import BadInput, Forbidden, NotFound, WrongState
from service.domain.figures import Cohort
from service.domain.views import CaseQuery
from service.usecases import cases, enquiries, instances, openings, papers, task_assignment, tasks
from service.usecases.bundle import Resource
from tests.engine import drawing as d
from tests.usecases.office import MANIFEST, assigned, form, with_form
from tests.usecases.test_tasks import ANSWER, done_by

EVERYBODY = ("marie", "nina", "niels", "sofus", "lone", "lars", "per", "dan", "ruth")


def add_document(office, case, kind):
    content = kind.encode()
    document = Document(
        case_key=case.key,
        key=office.world.platform.keys.next(),
        title=kind.capitalize(),
        kind=kind,
        media_type="text/plain",
        file_name=f"{kind}.txt",
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        version=1,
        made_at=office.world.clock.now(),
        made_by="system",
    )
    office.world.platform.store.transact(lambda uow: uow.cases.add_document(document, content))
    return document.key


def look(office, name, case):
    return cases.look(office.world.platform, office.person(name), case.number)


def may_look(office, name, case):
    try:
        look(office, name, case)
    except Forbidden:
        return False
    return True


class TestReading:
    def test_who_has_or_had_a_task_her_leader_and_nobody_else(self, office):
        case = office.receive()
        assert [n for n in EVERYBODY if may_look(office, n, case)] == ["marie", "lone"]
        task_assignment.take(office.world.platform, office.person("nina"), office.task(case).key)
        assert [n for n in EVERYBODY if may_look(office, n, case)] == ["marie", "nina", "lone"]
        done_by(office, "nina", office.task(case))
        assert [n for n in EVERYBODY if may_look(office, n, case)] == ["marie", "nina", "lone"]

    def test_an_auditor_with_a_reason_which_is_kept(self, office):
        case = office.receive()
        platform, ruth = office.world.platform, office.person("ruth")
        with pytest.raises(Forbidden):
            look(office, "ruth", case)
        with pytest.raises(BadInput):
            openings.open_with_reason(platform, ruth, case.number, "   ")
        assert openings.open_with_reason(platform, ruth, case.number, "Klage fra borgeren") == [case.number]
        assert look(office, "ruth", case).citizen.name == "Anna Test Dal"
        last = cases.accesses(office.world.platform, office.person("lone"), case.number)[0]
        assert last[1:] == ("ruth", "sag", "Klage fra borgeren", "Ruth Test Revisor")

    def test_only_leaders_and_auditors_see_who_has_read(self, office):
        case = office.receive()
        look(office, "lone", case)
        for name in ("lone", "ruth"):
            assert cases.accesses(office.world.platform, office.person(name), case.number)
        for name in ("marie", "nina", "lars"):
            with pytest.raises(Forbidden):
                cases.accesses(office.world.platform, office.person(name), case.number)

    def test_parts_show_those_parts_and_nothing_else(self, office):
        case = office.receive()
        decision, letter = add_document(office, case, "afgoerelse"), add_document(office, case, "brev")
        task = office.task(case)
        office.world.platform.store.transact(lambda uow: uow.tasks.assign(task, "per"))
        page = look(office, "per", case)
        assert [d.kind for d in page.documents] == ["afgoerelse"]
        assert [r.form_id for r in page.records] == ["modtag"]
        assert (page.deadlines, page.notes, page.history, page.finished_tasks, page.position) == ((), (), (), (), ())
        platform, per = office.world.platform, office.person("per")
        assert cases.document(platform, per, decision)[1] == b"afgoerelse"
        with pytest.raises(Forbidden, match="dokument"):
            cases.document(platform, per, letter)
        papers.look(platform, per, case.number, "modtag", 1)
        done_by(office, "lone", task)
        with pytest.raises(Forbidden):
            papers.look(platform, per, case.number, "behandl", 1)
        with pytest.raises(Forbidden):
            cases.add_note(platform, per, case.number, "Hej")

    def test_what_is_not_there(self, office):
        case, platform, lone = office.receive(), office.world.platform, office.person("lone")
        for read in (
            lambda: cases.look(platform, lone, "A-2026-999"),
            lambda: cases.document(platform, lone, 99),
            lambda: papers.look(platform, lone, case.number, "modtag", 2),
            lambda: cases.look_event(platform, lone, case.number, "msg_andet"),
        ):
            with pytest.raises(NotFound):
                read()

    def test_other_cases_of_the_citizen_only_where_she_may_read_them(self, office):
        first, second = office.receive(unit="nord"), office.receive(unit="syd")
        assert look(office, "lone", first).other_cases == []
        assert [c.number for c in look(office, "marie", first).other_cases] == [second.number]


class TestLists:
    def listed(self, office, name, **wanted):
        page = cases.listed(office.world.platform, office.person(name), CaseQuery(state="alle", **wanted))
        return sorted(row.number for row in page.rows)

    def test_whatever_is_listed_may_be_opened(self, office):
        made = [office.receive(cpr=f"010780551{n}", unit=unit) for n, unit in enumerate(("nord", "syd", "nord"))]
        task_assignment.take(office.world.platform, office.person("nina"), office.task(made[0]).key)
        for name in ("marie", "nina", "niels", "sofus", "lone", "lars", "per", "ruth"):
            for number in self.listed(office, name):
                assert look(office, name, next(c for c in made if c.number == number))
        assert self.listed(office, "lone") == [made[0].number, made[2].number]
        assert self.listed(office, "lars") == [made[1].number]
        assert self.listed(office, "ruth") == []

    def test_whose_role_has_no_cases_gets_no_list(self, office):
        with pytest.raises(Forbidden):
            self.listed(office, "dan")

    def test_by_cpr_number_name_and_case_number_within_what_is_hers(self, office):
        anna, bo = office.receive(), office.receive(cpr="0107924427", name="Bo Test Lind")
        assert self.listed(office, "lone", cpr="0107924427") == [bo.number]
        assert self.listed(office, "lone", words=("anna",)) == [anna.number]
        assert self.listed(office, "lone", words=(bo.number,)) == [bo.number]
        assert self.listed(office, "lars", cpr="0107924427") == self.listed(office, "lars", words=("anna",)) == []


class TestWriting:
    def test_a_note(self, office):
        case, platform = office.receive(), office.world.platform
        cases.add_note(platform, office.person("lone"), case.number, "  Ringede  ")
        [note] = office.read(lambda uow: uow.cases.notes(case.key))
        assert (note.text, note.by) == ("Ringede", "lone")
        with pytest.raises(BadInput, match="Skriv noget"):
            cases.add_note(platform, office.person("lone"), case.number, "  ")
        with pytest.raises(Forbidden):
            cases.add_note(platform, office.person("lars"), case.number, "Hej")

    def test_a_submission_keeps_the_citizen_up_to_date(self, office):
        first = office.receive(name="Anna Test Dal")
        second = office.receive(name="Anna Test Ny")
        keys = {c.citizen_key for c in (first, second)}
        assert len(keys) == 1
        assert look(office, "lone", first).citizen.name == "Anna Test Ny"
        found = cases.listed(office.world.platform, office.person("lone"), CaseQuery(words=("ny",)))
        assert {row.number for row in found.rows} == {first.number, second.number}

    def test_an_event_with_its_form_and_only_by_its_roles(self, office):
        case, platform = office.receive(), office.world.platform
        lone = office.person("lone")
        assert [name for name, _ in look(office, "lone", case).events] == ["msg_nyt"]
        cases.report(platform, lone, case.number, "msg_nyt", {"hvad": ["Ny adresse"]})
        assert office.open_tasks(case) == ["behandl", "se_nyt"]
        with pytest.raises(Forbidden):
            cases.look_event(platform, office.person("marie"), case.number, "msg_nyt")
        with pytest.raises(Forbidden):
            cases.report(platform, office.person("lars"), case.number, "msg_nyt", {"hvad": ["x"]})
        done_by(office, "nina", office.task(case, "se_nyt"), {})
        done_by(office, "nina", office.task(case))
        with pytest.raises(WrongState, match="venter ikke længere"):
            cases.report(platform, lone, case.number, "msg_nyt", {"hvad": ["For sent"]})


class TestReopening:
    def closed(self, office):
        case = office.receive()
        done_by(office, "nina", office.task(case))
        return case

    def test_the_procedure_begins_anew_on_the_same_case(self, office):
        case, platform = self.closed(office), office.world.platform
        started = cases.reopen(platform, office.person("lone"), case.number, "Nye oplysninger")
        again = office.case(case)
        assert (again.number, again.closed_at, again.status) == (case.number, None, "Modtaget")
        assert again.instance_key == started.key != case.instance_key
        assert office.open_tasks(case) == ["modtag"]
        told = instances.variables_of(platform, started.key)[started.key]["genaabnet"]
        assert told["begrundelse"] == "Nye oplysninger"
        assert told["skema"]["behandl"]["svar"] == "Ja"
        values = {"cpr": "0107805513", "navn": "Anna Test Dal", "team": "nord"}
        tasks.complete_with(platform, office.person("lone"), office.task(again, "modtag").key, values)
        done_by(office, "nina", office.task(again), ANSWER)
        assert [r.version for r in office.read(lambda uow: uow.cases.records(case.key, "behandl"))] == [2, 1]

    def test_figures_told_before_stay_as_they_were(self, office):
        case, platform = self.closed(office), office.world.platform
        cohort, begin = Cohort(case.kind), case.opened_at
        office.world.move_to(office.world.clock.now() + timedelta(days=1))

        def told(uow):
            return uow.counts.closed(cohort, begin, office.world.clock.now()), uow.counts.reopened(
                cohort, None, begin + timedelta(days=9)
            )

        assert platform.read(told) == (1, 0)
        cases.reopen(platform, office.person("lone"), case.number, "Nye oplysninger")
        assert platform.read(told) == (1, 1)

    def test_with_a_reason_by_those_who_may_create_and_only_when_closed(self, office):
        case, platform = self.closed(office), office.world.platform
        with pytest.raises(BadInput, match="begrundelse"):
            cases.reopen(platform, office.person("lone"), case.number, " ")
        for name in ("nina", "lars", "per", "ruth"):
            with pytest.raises(Forbidden):
                cases.reopen(platform, office.person(name), case.number, "Nyt")
        cases.reopen(platform, office.person("marie"), case.number, "Nyt")
        look(office, "marie", case)
        with pytest.raises(WrongState, match="ikke afsluttet"):
            cases.reopen(platform, office.person("marie"), case.number, "Nyt")


class TestEnquiries:
    def test_who_may_and_what_she_is_offered(self, office):
        platform = office.world.platform
        assert [folder for folder, _ in enquiries.choices(platform, office.person("marie"))] == ["office"]
        for name in ("nina", "per", "dan", "ruth"):
            with pytest.raises(Forbidden):
                enquiries.choices(platform, office.person(name))
            with pytest.raises(Forbidden):
                enquiries.submit_with(platform, office.person(name), "office", {})
        with pytest.raises(NotFound):
            enquiries.look(platform, office.person("marie"), "andet")

    def test_a_form_with_errors_starts_nothing(self, office):
        with pytest.raises(Exception, match="fejl i skemaet"):
            enquiries.submit(office.world.platform, office.person("marie"), "office", {"navn": ["Anna"]})
        assert office.cases() == []

    def test_the_case_begins_with_the_first_task_done(self, office):
        case = office.receive()
        assert office.open_tasks(case) == ["behandl"]
        [done] = office.read(lambda uow: uow.tasks.finished_of(case.instance_key))
        assert (done.element_id, done.completed_by) == ("modtag", "marie")
        assert (case.unit, case.status) == ("nord", "Behandles")

    def test_one_comes_to_what_it_set_off_elsewhere(self, office):
        task = d.user("modtag", assigned("modtager"), with_form("modtag"))
        send = d.job("send", "forloeb:besked", d.io([('="m1"', "navn"), ('="k"', "noegle")]))
        intake = d.process("modtagelse", d.start(), task, send, d.end(), d.chain("s", "modtag", "send", "e"))
        begun = (d.start("s2", d.message("m1")), d.user("opret", assigned("modtager")), d.end("e2"))
        course = d.process("videre", *begun, d.chain("s2", "opret", "e2"))
        manifest = MANIFEST.replace("proces: ansoegning, opgave", "proces: modtagelse, opgave").encode()
        drawn = Resource("processes/office/modtagelse.bpmn", d.definitions(intake, course))
        office.world.deploy([drawn, Resource("processes/office/procedure.yaml", manifest)])
        values = {"cpr": "0107805513", "navn": "Anna Test Dal", "team": "nord"}
        upcoming = enquiries.submit_with(office.world.platform, office.person("marie"), "office", values)
        assert office.read(lambda uow: uow.tasks.get(upcoming.task_key)).element_id == "opret"


def test_contacts_are_told_in_the_words_of_the_form(office):
    choice = {"key": "vej", "type": "radio", "values": [{"label": "Pr. telefon", "value": "tlf"}]}
    manifest = MANIFEST.replace("kontakt: {indhold: notat}", "kontakt: {type: vej, indhold: notat}").encode()
    office.world.deploy(
        [
            form("behandl", {"key": "svar"}, {"key": "notat"}, choice),
            Resource("processes/office/procedure.yaml", manifest),
        ]
    )
    case = office.receive()
    done_by(office, "nina", office.task(case), {"svar": ["Ja"], "notat": ["Aftalt"], "vej": ["tlf"]})
    [contact] = office.read(lambda uow: uow.cases.contacts(case.key))
    assert (contact.type, contact.text) == ("Pr. telefon", "Aftalt")
