"""Events on a case: those of its own course, of processes it calls, and of what else runs for it."""

from __future__ import annotations

import pytest

from service.domain.access import SYSTEM
from service.domain.errors import Forbidden, FormInvalid, NotFound, WrongState
from service.usecases import cases, events, instances, tasks
from service.usecases.advance import Advance
from service.usecases.bundle import Resource
from tests.engine import drawing as d
from tests.usecases.office import FORMS, MANIFEST, application, diagram, form, open_office

SHARED_MANIFEST = """
titel: Fælles
roller: {behandler: {titel: Behandler}, teamleder: {titel: Teamleder}}
haendelser:
  msg_svar: {titel: Svar, formular: svar, roller: [behandler, teamleder]}
  msg_stop: {titel: Stop, roller: [teamleder]}
formularer:
  svar: {notat: tekst, vises: Svar, resume: '=["Fra " + fra, dato(i_dag)]'}
"""


def awaited(name: str) -> str:
    """The message's definition, keyed on the case's number."""
    key = d.ext('<zeebe:subscription correlationKey="=sag.nummer"/>')
    return f'<bpmn:message id="{name}" name="{name}">{key}</bpmn:message>'


def waiting(process_id: str, message: str) -> Resource:
    body = (d.start(), d.receive("vent", message), d.end(), d.chain("s", "vent", "e"))
    content = d.definitions(d.process(process_id, *body), shared=d.SHARED + awaited(message))
    return Resource(f"processes/faelles/{process_id}.bpmn", content)


@pytest.fixture
def office():
    called = d.call("send", "spoerg", d.io([("=sag", "sag"), ('=["Ane", "Bo"]', "navne")]))
    options = {"type": "select", "valuesExpression": "=for n in opgave.navne return n"}
    answer = form("svar", {"key": "fra", **options}, {"key": "tekst", "type": "textarea"})
    files = [
        waiting("spoerg", "msg_svar"),
        waiting("vagt", "msg_stop"),
        Resource("processes/faelles/procedure.yaml", SHARED_MANIFEST.encode()),
        Resource("forms/faelles/svar.form", answer.content),
        Resource("processes/office/procedure.yaml", MANIFEST.encode()),
        diagram(application(job=called)),
        *FORMS,
    ]
    with open_office() as found:
        found.world.deploy(files)
        yield found


def asked(office):
    """A case whose course has called the process that waits for an answer."""
    case = office.receive()
    tasks.complete_with(office.world.platform, office.person("nina"), office.task(case).key, {"svar": "ja"})
    return office.case(case)


def offered(office, name, case):
    person, platform = office.person(name), office.world.platform
    return office.read(lambda uow: [e for e, _ in events.reportable(Advance(platform, uow, person), person, case)])


def report(office, name, case, event, values=None):
    cases.report_with(office.world.platform, office.person(name), case.number, event, values or {})


class TestWhatIsOffered:
    def test_a_called_process_brings_the_events_of_its_own_manifest(self, office):
        assert offered(office, "nina", office.receive()) == ["msg_nyt"]
        assert offered(office, "nina", asked(office)) == ["msg_nyt", "msg_svar"]

    def test_so_does_what_else_runs_for_the_case_until_it_ends(self, office):
        case = office.receive()
        instances.start(office.world.platform, SYSTEM, "vagt", {"sag": {"nummer": case.number}})
        assert offered(office, "lone", case) == ["msg_nyt", "msg_stop"]
        report(office, "lone", case, "msg_stop")
        assert offered(office, "lone", case) == ["msg_nyt"]

    def test_only_by_the_roles_that_the_manifest_names(self, office):
        case = asked(office)
        instances.start(office.world.platform, SYSTEM, "vagt", {"sag": {"nummer": case.number}})
        assert "msg_stop" not in offered(office, "nina", case)
        with pytest.raises(Forbidden, match="kan ikke melde"):
            report(office, "nina", case, "msg_stop")
        with pytest.raises(NotFound):
            report(office, "nina", case, "msg_findes_ikke")


class TestReporting:
    def test_the_form_knows_what_is_around_the_element_that_waits(self, office):
        case = asked(office)
        shown = cases.look_event(office.world.platform, office.person("nina"), case.number, "msg_svar").shown
        assert [option.label for option in shown.choices["fra"]] == ["Ane", "Bo"]
        with pytest.raises(FormInvalid) as refused:
            report(office, "nina", case, "msg_svar", {"fra": "Carl"})
        assert "fra" in refused.value.errors

    def test_what_was_reported_is_kept_on_the_case_and_the_course_goes_on(self, office):
        case = asked(office)
        report(office, "nina", case, "msg_svar", {"fra": "Bo", "tekst": "Alt er i orden"})
        page = cases.look(office.world.platform, office.person("lone"), case.number)
        assert page.case.closed_at is not None
        assert (page.records[0].form_id, page.records[0].element_id) == ("svar", "vent")
        assert [note.text for note in page.notes] == ["Alt er i orden"]

    def test_nothing_is_kept_of_what_nobody_waits_for(self, office):
        case = asked(office)
        report(office, "nina", case, "msg_svar", {"fra": "Bo"})
        with pytest.raises(NotFound):
            report(office, "nina", case, "msg_svar", {"fra": "Ane"})
        with pytest.raises(WrongState, match="venter ikke længere på »Nye oplysninger«"):
            report(office, "lone", case, "msg_nyt", {"hvad": "For sent"})
        page = cases.look(office.world.platform, office.person("lone"), case.number)
        assert [r.form_id for r in page.records].count("svar") == 1


def test_the_case_page_shows_the_newest_of_the_forms_with_a_heading(office):
    case = asked(office)
    report(office, "nina", case, "msg_svar", {"fra": "Bo"})
    page = cases.look(office.world.platform, office.person("lone"), case.number)
    assert [(e.heading, list(e.lines)) for e in page.excerpts] == [("Svar", ["Fra Bo", "02-03-2026"])]


def test_the_tasks_of_everything_that_runs_for_the_case_are_on_its_page(office):
    case = office.receive()
    body = (d.start(), d.user("pas_paa"), d.end(), d.chain("s", "pas_paa", "e"))
    office.world.deploy([Resource("processes/faelles/pas.bpmn", d.definitions(d.process("pas", *body)))])
    instances.start(office.world.platform, SYSTEM, "pas", {"sag": {"nummer": case.number}})
    page = cases.look(office.world.platform, office.person("lone"), case.number)
    assert {t.element_id for t in page.tasks} == {"behandl", "pas_paa"}
