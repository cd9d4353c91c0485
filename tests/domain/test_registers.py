"""Registers as words: what a manifest may define, what a file of first rows may hold, what FEEL sees on which day."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from service.domain.deadlines import Calendar
from service.domain.house_feel import CalendarEnvironment
from service.domain.procedures import Manifest, read_manifest
from service.domain.register_files import read_file, read_rows
from service.domain.registers import FieldType, Register, RegisterField, RegisterRow, Registers, Wrong, read_value
from service.feel import parse_expression

WARDS = Register.model_validate(
    {
        "titel": "Afdelinger",
        "vises": ["navn", "by"],
        "felter": {
            "navn": {"titel": "Navn", "skal_udfyldes": True},
            "by": {"titel": "By"},
            "senge": {"titel": "Senge", "type": "tal"},
            "oprettet": {"titel": "Oprettet", "type": "dato"},
            "lukket": {"titel": "Lukket", "type": "ja_nej"},
            "art": {"titel": "Art", "type": "valg", "valg": {"p": "Psykiatrisk", "s": "Somatisk"}},
        },
    }
)
KINDS = {"afdelinger": ("mappe", WARDS)}
AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


def row(id_, key=1, valid_from=None, valid_to=None, removed=False, **values):
    return RegisterRow(
        key=key,
        register="afdelinger",
        id=id_,
        values=values,
        valid_from=valid_from,
        valid_to=valid_to,
        changed_at=AT,
        changed_by="x",
        reason="",
        removed=removed,
    )


def feel(text, *rows, now=AT):
    env = CalendarEnvironment(now, Calendar(), registers=Registers(KINDS, rows))
    return parse_expression(text).evaluate({}, env), env.warnings


class TestLookup:
    def test_a_row_is_a_context_with_every_field(self):
        [found], _ = feel(
            'register("afdelinger")', row("n", navn="Nord", senge=12, oprettet="2014-04-01", lukket=False, art="p")
        )
        assert found == {
            "id": "n",
            "navn": "Nord",
            "by": None,
            "senge": Decimal(12),
            "oprettet": date(2014, 4, 1),
            "lukket": False,
            "art": "p",
            "gyldig_fra": None,
            "gyldig_til": None,
        }

    def test_only_what_is_valid_that_day_counts(self):
        rows = (
            row("a", navn="Før", valid_to=date(2026, 3, 1)),
            row("b", navn="Sidste dag", valid_to=date(2026, 3, 2)),
            row("c", navn="Første dag", valid_from=date(2026, 3, 2)),
            row("d", navn="Senere", valid_from=date(2026, 3, 3)),
            row("e", navn="Fejl", removed=True),
        )
        assert feel('register("afdelinger").id', *rows)[0] == ["c", "b"]
        assert feel('register("afdelinger", date("2026-03-03")).id', *rows)[0] == ["c", "d"]
        assert feel('register("afdelinger", "2026-03-01").id', *rows)[0] == ["a", "b"]

    def test_the_day_is_that_of_copenhagen(self):
        ward = row("n", navn="Nord", valid_from=date(2026, 7, 2))
        before_midnight = datetime(2026, 7, 1, 21, 59, tzinfo=UTC)
        after_midnight = datetime(2026, 7, 1, 22, 1, tzinfo=UTC)
        assert feel('register("afdelinger")', ward, now=before_midnight)[0] == []
        assert len(feel('register("afdelinger")', ward, now=after_midnight)[0]) == 1

    @pytest.mark.parametrize(
        ("text", "why"),
        [
            ('register("ukendt")', "no register ukendt"),
            ("register(1)", "takes the id of a register"),
            ('register("afdelinger", "i morgen")', "takes a date"),
        ],
    )
    def test_what_cannot_be_looked_up_is_null_with_a_reason(self, text, why):
        found, warnings = feel(text)
        assert found is None
        assert why in warnings[0]

    def test_a_value_of_a_kind_the_manifest_no_longer_has_is_null(self):
        [found], _ = feel('register("afdelinger")', row("n", navn="Nord", senge="mange", oprettet="1. april"))
        assert (found["senge"], found["oprettet"]) == (None, None)


class TestChoices:
    def test_rows_of_the_day_by_name(self):
        registers = Registers(
            KINDS,
            [
                row("z", navn="Øst"),
                row("a", navn="Nord", by="Hillerød"),
                row("x", navn="Syd", valid_to=date(2020, 1, 1)),
            ],
        )
        options = registers.options("afdelinger", date(2026, 3, 2))
        assert [(o.label, o.value) for o in options] == [("Nord · Hillerød", "a"), ("Øst", "z")]

    def test_a_closed_row_keeps_its_name_and_a_renamed_one_the_name_of_the_day(self):
        registers = Registers(
            KINDS,
            [
                row("n", navn="Nord", valid_to=date(2020, 1, 1)),
                row("n", navn="Nordøst", valid_from=date(2020, 1, 2)),
                row("x", navn="Syd", valid_to=date(2015, 1, 1)),
            ],
        )
        assert registers.names("afdelinger", date(2019, 1, 1)) == {"n": "Nord", "x": "Syd"}
        assert registers.names("afdelinger", date(2021, 1, 1)) == {"n": "Nordøst", "x": "Syd"}

    def test_a_row_that_names_another_is_called_by_its_name(self):
        kind = Register.model_validate(
            {
                "titel": "Tilbud",
                "vises": ["titel", "sted"],
                "felter": {
                    "titel": {"titel": "Titel"},
                    "sted": {"titel": "Sted", "type": "række", "fra_register": "afdelinger"},
                },
            }
        )
        offer = RegisterRow(
            key=9,
            register="tilbud",
            id="t",
            values={"titel": "Træning", "sted": "n"},
            changed_at=AT,
            changed_by="x",
            reason="",
        )
        registers = Registers({**KINDS, "tilbud": ("mappe", kind)}, [row("n", navn="Nord"), offer])
        assert [o.label for o in registers.options("tilbud", date(2026, 3, 2))] == ["Træning · Nord"]


class TestValues:
    @pytest.mark.parametrize(
        ("kind", "given", "stored"),
        [
            ("tekst", "  Nord ", "Nord"),
            ("tal", "7,5", 7.5),
            ("tal", 12, 12),
            ("tal", "12,0", 12),
            ("dato", "31-01-2026", "2026-01-31"),
            ("dato", date(2026, 1, 31), "2026-01-31"),
            ("ja_nej", "ja", True),
            ("ja_nej", False, False),
            ("tekst", "", None),
            ("tekst", None, None),
        ],
    )
    def test_typed_values_are_stored_as_what_they_are(self, kind, given, stored):
        assert read_value(RegisterField(titel="F", type=FieldType(kind)), given) == stored

    @pytest.mark.parametrize(
        ("kind", "given", "why"),
        [
            ("tal", "mange", "Skriv et tal"),
            ("tal", "nan", "Skriv et tal"),
            ("dato", "31-02-2026", "Skriv en dato"),
            ("ja_nej", "måske", "ja eller nej"),
            ("tekst", "x" * 4001, "for lang"),
        ],
    )
    def test_wrong_ones_are_told(self, kind, given, why):
        with pytest.raises(Wrong, match=why):
            read_value(RegisterField(titel="F", type=FieldType(kind)), given)

    def test_what_must_be_filled_in_must(self):
        with pytest.raises(Wrong, match="skal udfyldes"):
            read_value(WARDS.felter["navn"], "  ")

    def test_a_choice_is_one_of_those_offered(self):
        assert read_value(WARDS.felter["art"], "p") == "p"
        with pytest.raises(Wrong, match="Vælg en af"):
            read_value(WARDS.felter["art"], "q")


class TestDefinitions:
    @pytest.mark.parametrize(
        ("register", "why"),
        [
            ("{titel: R, felter: {}}", "mindst ét felt"),
            ("{titel: R, felter: {id: {titel: Id}}}", "har alle rækker allerede"),
            ("{titel: R, felter: {navn: {titel: N}}, vises: [by]}", "by, som ikke står under"),
            ("{titel: R, felter: {navn: {titel: N, type: valg}}}", "»valg« skal stå"),
            ("{titel: R, felter: {navn: {titel: N, valg: {a: A}}}}", "»valg« skal stå"),
            ("{titel: R, felter: {navn: {titel: N, type: række}}}", "»fra_register« skal stå"),
            ("{titel: R, felter: {Navn: {titel: N}}}", "pattern"),
            ("{titel: R, felter: {navn: {titel: N, type: farve}}}", "tekst"),
            ("{titel: R, farve: rød, felter: {navn: {titel: N}}}", "Extra inputs"),
        ],
    )
    def test_a_wrong_definition_is_refused(self, register, why):
        findings = read_manifest(f"titel: P\nregistre:\n  r: {register}".encode(), "procedure.yaml")
        assert not isinstance(findings, Manifest)
        assert any(why in f.message for f in findings), findings


class TestFirstRows:
    def read(self, text):
        rows = read_file(text.encode(), "registre.yaml")
        assert isinstance(rows, dict), rows
        return read_rows(rows, {"afdelinger": WARDS}, "registre.yaml")

    def test_rows_are_read_with_their_dates(self):
        read, findings = self.read(
            "afdelinger: [{id: n, navn: Nord, senge: 12, gyldig_fra: 2014-04-01, gyldig_til: 2020-01-01}]"
        )
        assert findings == []
        [found] = read["afdelinger"]
        assert (found.id, found.valid_from, found.valid_to) == ("n", date(2014, 4, 1), date(2020, 1, 1))
        assert found.values == {"navn": "Nord", "by": None, "senge": 12, "oprettet": None, "lukket": None, "art": None}

    @pytest.mark.parametrize(
        ("text", "why"),
        [
            ("andre: [{id: n}]", "står ikke under »registre«"),
            ("afdelinger: [{navn: Nord}]", "mangler »id«"),
            ("afdelinger: [{id: n}]", "navn: Feltet skal udfyldes"),
            ("afdelinger: [{id: n, navn: Nord, farve: rød}]", "Feltet farve findes ikke"),
            ("afdelinger: [{id: n, navn: Nord, senge: mange}]", "senge: Skriv et tal"),
            ("afdelinger: [{id: n, navn: Nord, gyldig_fra: 2020-01-02, gyldig_til: 2020-01-01}]", "ligger før"),
            ("afdelinger: [{id: n, navn: A, gyldig_til: 2020-01-01}, {id: n, navn: B}]", "overlapper"),
        ],
    )
    def test_faults_are_told_with_their_place(self, text, why):
        _, findings = self.read(text)
        assert any(why in f.message for f in findings), findings

    @pytest.mark.parametrize(("text", "why"), [("a: [", "YAML"), ("- 1", "navn på et register"), ("a: 1", "liste")])
    def test_a_file_of_another_shape_is_told(self, text, why):
        findings = read_file(text.encode(), "registre.yaml")
        assert isinstance(findings, list)
        assert why in findings[0].message

    def test_periods_that_meet_do_not_clash(self):
        read, findings = self.read(
            "afdelinger: [{id: n, navn: A, gyldig_til: 2020-01-01}, {id: n, navn: B, gyldig_fra: 2020-01-02}]"
        )
        assert findings == []
        assert len(read["afdelinger"]) == 2
