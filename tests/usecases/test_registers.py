"""Keeping registers: by whom, with which dates, and what forms and decisions make of it."""

import json
from dataclasses import replace
from datetime import date

import pytest

from service.domain.access import SYSTEM, Membership, Person
from service.domain.errors import DeploymentRefused, EntryChanged, Forbidden, FormInvalid, NotFound
from service.usecases import deployments, instances, registers
from service.usecases.bundle import Resource
from service.usecases.register_entries import Entry
from tests.engine import drawing as d

MANIFEST = """
titel: Lister
roller: {foerer: {titel: Fører}}
registre:
  afdelinger:
    titel: Afdelinger
    vedligeholdes_af: [behandler]
    felter:
      navn: {titel: Navn, skal_udfyldes: true}
      leder: {titel: Leder, type: person}
      enhed: {titel: Enhed, type: enhed}
  kontakter:
    titel: Kontakter
    felter:
      navn: {titel: Navn}
      afdeling: {titel: Afdeling, type: række, fra_register: afdelinger, skal_udfyldes: true}
"""
ROWS = "afdelinger: [{id: nord, navn: Afdeling Nord}, {id: syd, navn: Afdeling Syd, gyldig_til: 2026-03-31}]"
ADMIN = Person(1, "admin", "Aase Test Admin", frozenset({Membership("systemadmin")}))
MONDAY = date(2026, 3, 2)


def files(manifest=MANIFEST, rows=ROWS):
    manifest = manifest.replace("{foerer: {titel: Fører}}", "{behandler: {titel: Behandler}}")
    return [
        Resource("processes/lister/procedure.yaml", manifest.encode()),
        *([Resource("processes/lister/registre.yaml", rows.encode())] if rows else []),
    ]


@pytest.fixture
def kept(office):
    office.world.deploy(files())
    return office


def save(office, person=ADMIN, register="afdelinger", based_on=None, **fields):
    return registers.save(office.world.platform, person, register, Entry(**fields), based_on)


def rows(office, day=None, register="afdelinger"):
    page = registers.look(office.world.platform, ADMIN, register, day)
    return [(shown.row.id, shown.name) for shown in page.rows if shown.valid]


def standing(office, id_="nord"):
    page = registers.look(office.world.platform, ADMIN, "afdelinger")
    return next(shown.row for shown in page.rows if shown.row.id == id_)


class TestDeploying:
    def test_the_file_s_rows_are_loaded_once(self, kept):
        assert rows(kept) == [("nord", "Afdeling Nord"), ("syd", "Afdeling Syd")]
        save(kept, values={"navn": "Ny"}, based_on=standing(kept).key, reason="Nyt navn")
        again = kept.world.deploy(files(rows=ROWS.replace("Afdeling Nord", "Andet")))
        assert again.rows == {}
        assert rows(kept) == [("syd", "Afdeling Syd"), ("nord", "Ny")]

    def test_who_loaded_them_is_told(self, office):
        done = office.world.deploy(files())
        assert done.rows == {"afdelinger": 2}
        row = standing(office)
        assert (row.changed_by, row.reason) == (SYSTEM.username, "Indlæst fra registre.yaml")

    @pytest.mark.parametrize(
        ("manifest", "rows", "why"),
        [
            (MANIFEST, "andet: []", "står ikke under »registre«"),
            (MANIFEST.replace("[behandler]", "[ukendt]"), "", "Rollen ukendt"),
            (MANIFEST.replace("fra_register: afdelinger", "fra_register: andet"), "", "intet register andet"),
            (MANIFEST, ROWS + "\nkontakter: [{id: a, navn: A, afdeling: vest}]", "ingen række vest"),
        ],
    )
    def test_faults_refuse_the_deployment(self, office, manifest, rows, why):
        with pytest.raises(DeploymentRefused, match=why):
            office.world.deploy(files(manifest, rows))

    def test_an_id_is_one_procedure_s(self, kept):
        other = Resource(
            "processes/andre/procedure.yaml", b"titel: A\nregistre: {kontakter: {titel: K, felter: {a: {titel: A}}}}"
        )
        with pytest.raises(DeploymentRefused, match="findes allerede i lister"):
            kept.world.deploy([other])

    def test_a_form_may_only_offer_a_register_there_is(self, kept):
        def form(source):
            field = {"type": "select", "id": "a", "key": "a", "label": "A", "properties": {"kilde": source}}
            content = {"type": "default", "id": "f", "schemaVersion": 16, "components": [field]}
            return [Resource("forms/lister/f.form", json.dumps(content).encode())]

        with pytest.raises(DeploymentRefused, match="Der er intet register vest"):
            kept.world.deploy(form("register:vest"))
        assert deployments.check(kept.world.platform, form("register:afdelinger")) == []

    def test_an_expression_may_only_look_up_a_register_there_is(self, kept):
        def diagram(id_):
            source = d.io([(f'=register("{id_}")[1].navn', "navn")])
            body = (d.start(), d.user("a", source), d.end(), d.chain("s", "a", "e"))
            return [Resource("processes/lister/P.bpmn", d.definitions(d.process("P", *body)))]

        with pytest.raises(DeploymentRefused, match="registeret vest, som ikke findes"):
            kept.world.deploy(diagram("vest"))
        kept.world.deploy(diagram("afdelinger"))
        instance = instances.start(kept.world.platform, SYSTEM, "P", {})
        [task] = kept.read(lambda uow: uow.tasks.open_of(instance.key))
        assert task.prefill["navn"] == "Afdeling Nord"


def test_a_catalogue_seen_in_a_change_that_came_to_nothing_is_forgotten(kept):
    platform = kept.world.platform
    template = standing(kept)

    def changing(name, then):
        def work(uow):
            uow.registers.lock()
            row = replace(template, key=platform.keys.next(), id=name, values={"navn": name})
            uow.registers.add(row)
            then(uow)

        return work

    def see_and_fail(uow):
        assert "fortrudt" in [row.id for row in platform.catalogs.view(uow.definitions).registers.rows("afdelinger")]
        raise FormInvalid({})

    with pytest.raises(FormInvalid):
        platform.transact(changing("fortrudt", see_and_fail))
    platform.transact(changing("gemt", lambda uow: None))
    assert {id_ for id_, _ in rows(kept)} == {"nord", "syd", "gemt"}


class TestKeeping:
    def test_those_named_and_administrators_keep_it(self, kept):
        save(kept, kept.person("nina"), values={"navn": "Øst"})
        for register, who in (("afdelinger", "marie"), ("kontakter", "nina")):
            with pytest.raises(Forbidden):
                save(kept, kept.person(who), register, values={"navn": "Øst"})
        assert [card.id for card in registers.listed(kept.world.platform, kept.person("nina"))] == ["afdelinger"]
        assert [card.id for card in registers.listed(kept.world.platform, ADMIN)] == ["afdelinger", "kontakter"]

    def test_a_new_row_gets_an_id_of_its_name(self, kept):
        made = [save(kept, values={"navn": name}) for name in ("Ældre & Åben Ørken", "Ældre, åben ørken!", "…")]
        assert [row.id for row in made] == ["aeldre-aaben-oerken", "aeldre-aaben-oerken-2", "raekke"]
        assert made[0].reason == "Oprettet"

    def test_a_change_needs_a_reason_and_keeps_the_old_version(self, kept):
        old = standing(kept)
        with pytest.raises(FormInvalid) as refused:
            save(kept, values={"navn": "Nordøst"}, based_on=old.key)
        assert list(refused.value.errors) == ["begrundelse"]
        new = save(kept, values={"navn": "Nordøst"}, based_on=old.key, reason="Lagt sammen med Øst")
        page = registers.look_at_row(kept.world.platform, ADMIN, "afdelinger", new.key)
        told = [(v.name, v.row.changed_by, v.row.reason, v.row.replaced_at is None) for v in page.versions]
        assert told == [
            ("Nordøst", "admin", "Lagt sammen med Øst", True),
            ("Afdeling Nord", "system", "Indlæst fra registre.yaml", False),
        ]

    def test_what_holds_from_a_day_leaves_the_days_before_alone(self, kept):
        old = standing(kept)
        save(kept, values={"navn": "Nordøst"}, based_on=old.key, reason="Sammenlagt", from_date="15-03-2026")
        assert rows(kept, date(2026, 3, 14)) == [("nord", "Afdeling Nord"), ("syd", "Afdeling Syd")]
        assert rows(kept, date(2026, 3, 15)) == [("syd", "Afdeling Syd"), ("nord", "Nordøst")]

    @pytest.mark.parametrize(("day", "why"), [("", "Skriv den dato"), ("x", "DD-MM-ÅÅÅÅ"), ("01-04-2026", "inden for")])
    def test_that_day_lies_within_the_row_s_time(self, kept, day, why):
        with pytest.raises(FormInvalid) as refused:
            save(
                kept,
                values={"navn": "S"},
                valid_to="2026-03-31",
                based_on=standing(kept, "syd").key,
                reason="r",
                from_date=day,
            )
        assert why in refused.value.errors["fra_dato"]

    def test_two_who_change_the_same_row_are_told(self, kept):
        old = standing(kept)
        save(kept, kept.person("nina"), values={"navn": "Første"}, based_on=old.key, reason="r")
        with pytest.raises(EntryChanged, match="Nina Test Nord"):
            save(kept, values={"navn": "Anden"}, based_on=old.key, reason="r")
        with pytest.raises(EntryChanged):
            registers.remove(kept.world.platform, ADMIN, "afdelinger", old.key, "r")
        assert ("nord", "Første") in rows(kept)

    @pytest.mark.parametrize(
        ("register", "values", "field"),
        [
            ("afdelinger", {"navn": ""}, "navn"),
            ("afdelinger", {"navn": "A", "leder": "ingen"}, "leder"),
            ("afdelinger", {"navn": "A", "enhed": "vest"}, "enhed"),
            ("kontakter", {"navn": "A", "afdeling": "vest"}, "afdeling"),
        ],
    )
    def test_what_is_named_must_exist(self, kept, register, values, field):
        with pytest.raises(FormInvalid) as refused:
            save(kept, register=register, values=values)
        assert list(refused.value.errors) == [field]

    def test_dates_come_in_order(self, kept):
        with pytest.raises(FormInvalid) as refused:
            save(kept, values={"navn": "A"}, valid_from="02-03-2026", valid_to="01-03-2026")
        assert list(refused.value.errors) == ["gyldig_til"]

    def test_periods_of_one_id_do_not_overlap(self, kept):
        save(kept, id="oest", values={"navn": "Øst"}, valid_to="2026-06-30")
        with pytest.raises(FormInvalid) as refused:
            save(kept, id="oest", values={"navn": "Øst 2"}, valid_from="2026-06-30")
        assert "oest" in refused.value.errors["gyldig_fra"]
        save(kept, id="oest", values={"navn": "Øst 2"}, valid_from="2026-07-01")
        assert ("oest", "Øst 2") in rows(kept, date(2026, 7, 1))

    def test_a_mistake_is_taken_out_and_may_come_back(self, kept):
        old = standing(kept)
        with pytest.raises(FormInvalid):
            registers.remove(kept.world.platform, ADMIN, "afdelinger", old.key, " ")
        registers.remove(kept.world.platform, ADMIN, "afdelinger", old.key, "Oprettet ved en fejl")
        assert rows(kept) == [("syd", "Afdeling Syd")]
        history = kept.read(lambda uow: uow.registers.history("afdelinger", "nord"))
        removed = next(row for row in history if row.removed)
        assert (removed.reason, removed.changed_by) == ("Oprettet ved en fejl", "admin")
        save(kept, values={"navn": "Tilbage"}, based_on=removed.key, reason="Den fandtes alligevel")
        assert ("nord", "Tilbage") in rows(kept)

    def test_a_row_is_of_its_register(self, kept):
        with pytest.raises(NotFound):
            registers.look_at_row(kept.world.platform, ADMIN, "kontakter", standing(kept).key)
        with pytest.raises(NotFound):
            save(kept, register="kontakter", values={"afdeling": "nord"}, based_on=standing(kept).key, reason="r")

    def test_what_a_page_offers(self, kept):
        page = registers.look_at_row(kept.world.platform, ADMIN, "kontakter", None)
        assert [(o.label, o.value) for o in page.choices["afdeling"]] == [
            ("Afdeling Nord", "nord"),
            ("Afdeling Syd", "syd"),
        ]
        page = registers.look_at_row(kept.world.platform, ADMIN, "afdelinger", None)
        assert [o.value for o in page.choices["enhed"]] == ["nord", "syd"]
        assert "nina" in [o.value for o in page.choices["leder"]]
