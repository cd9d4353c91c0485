"""Lists of a case: computed from its forms, offered to forms, and events that are awaited several times on one case."""

from __future__ import annotations

import pytest

from service.domain.errors import FormInvalid
from service.usecases import caselists, cases, instances, tasks
from service.usecases.bundle import Resource
from tests.engine import drawing as d
from tests.usecases.office import MANIFEST, REQUIRED, application, diagram, form, open_office

SHARED = """
titel: Fælles
roller: {behandler: {titel: Behandler}}
haendelser:
  msg_slut: {titel: Ophør, formular: ophoer, roller: [behandler], noegle: '=sag.nummer + "/" + string(aftale_nr)'}
lister:
  aftaler:
    titel: Aftaler i kraft
    skema: aftale
    raekker: >-
      =for a in skemaer.aftale[date(til) >= i_dag and not(some o in get or else(skemaer.ophoer, []) satisfies o.aftale_nr = item.nr)]
      return {nr: a.nr, navn: a.navn, af: a.indsendt_af}
    kolonner: {Hvem: =navn, Af: =af}
    haendelse: msg_slut
    felt: aftale_nr
    tom: Ingen aftaler.
formularer:
  aftale: {nummer: aftale_nr}
"""
KEYED = d.ext('<zeebe:subscription correlationKey="=sag.nummer + &quot;/&quot; + string(aftale_nr)"/>')
AGREEMENT = d.definitions(
    d.process(
        "aftale",
        d.start(),
        d.user("lav", '<zeebe:assignmentDefinition assignee="nina"/>', '<zeebe:formDefinition formId="aftale"/>'),
        d.receive("vent", "msg_slut"),
        d.user("ryd_op", '<zeebe:assignmentDefinition assignee="nina"/>', d.io([("=aftale_nr", "aftale_nr")])),
        d.end(),
        d.chain("s", "lav", "vent", "ryd_op", "e"),
    ),
    shared=d.SHARED + f'<bpmn:message id="msg_slut" name="msg_slut">{KEYED}</bpmn:message>',
)
CHOICE = {
    "type": "select",
    "valuesExpression": "=for a in lister.aftaler return {label: a.navn, value: a.nr}",
    **REQUIRED,
}


@pytest.fixture
def office():
    made = form(
        "aftale", {"key": "navn", **REQUIRED}, {"key": "til", "type": "datetime", "dateLabel": "Til", "subtype": "date"}
    )
    ended = form("ophoer", {"key": "aftale_nr", **CHOICE})
    files = [
        Resource("processes/faelles/aftale.bpmn", AGREEMENT),
        Resource("processes/faelles/procedure.yaml", SHARED.encode()),
        Resource("forms/faelles/aftale.form", made.content),
        Resource("forms/faelles/ophoer.form", ended.content),
        Resource("processes/office/procedure.yaml", MANIFEST.encode()),
        diagram(application()),
    ]
    with open_office() as found:
        found.world.deploy(files)
        yield found


def agree(office, case, *pairs):
    """Agreements with these people until these days, each watched by an instance of its own."""
    platform, nina = office.world.platform, office.person("nina")
    for name, until in pairs:
        instance = instances.start(platform, office.person("dan"), "aftale", {"sag": {"nummer": case.number}})
        [task] = office.read(lambda uow, key=instance.key: uow.tasks.open_of(key))
        tasks.complete_with(platform, nina, task.key, {"navn": name, "til": until})


@pytest.fixture
def case(office):
    found = office.receive()
    agree(office, found, ("Ane", "2026-03-31"), ("Bo", "2026-02-01"), ("Carl", "2026-12-31"))
    return found


def on_page(office, case):
    [found] = cases.look(office.world.platform, office.person("lone"), case.number).lists
    return found


def open_steps(office, case):
    return sorted(t.element_id for t in office.read(lambda uow: uow.tasks.open_for(case.key)))


def test_the_page_shows_what_holds_now(office, case):
    found = on_page(office, case)
    assert (found.title, found.columns) == ("Aftaler i kraft", ("Hvem", "Af"))
    assert [(row.number, row.cells) for row in found.rows] == [(1, ["Ane", "nina"]), (3, ["Carl", "nina"])]


def test_a_case_without_the_form_has_no_list(office):
    assert cases.look(office.world.platform, office.person("lone"), office.receive().number).lists == []


def test_a_form_offers_the_rows_and_keeps_their_numbers(office, case):
    platform, nina = office.world.platform, office.person("nina")
    page = cases.look_event(platform, nina, case.number, "msg_slut", chosen={"aftale_nr": ["3"], "andet": ["x"]})
    assert [o.label for o in page.shown.choices["aftale_nr"]] == ["Ane", "Carl"]
    assert page.shown.raw["aftale_nr"] == ["3"]
    with pytest.raises(FormInvalid):
        cases.report(platform, nina, case.number, "msg_slut", {"aftale_nr": ["2"]})


def test_an_event_reaches_the_one_it_names_and_no_other(office, case):
    platform, nina = office.world.platform, office.person("nina")
    cases.report(platform, nina, case.number, "msg_slut", {"aftale_nr": ["3"]})
    tasks_now = office.read(lambda uow: [t for t in uow.tasks.open_for(case.key) if t.element_id == "ryd_op"])
    assert [t.prefill["aftale_nr"] for t in tasks_now] == [3]
    assert [row.number for row in on_page(office, case).rows] == [1]


def test_rows_for_a_diagram_are_those_of_the_page(office, case):
    platform = office.world.platform

    def work(uow):
        catalog = platform.catalogs.view(uow.definitions)
        return caselists.rows_of(uow, catalog, case, "aftaler", platform.clock.now())

    assert [row["nr"] for row in office.read(work)] == [1, 3]
