"""Forms: what is typed becomes values, is checked, and is never lost."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from service.domain.errors import FormInvalid, SetupFault
from service.domain.forms import ADD_ROW, REMOVE_ROW, Form, FormContext, Option, deployed_form, read_form

NOW = datetime(2014, 9, 1, 7, 0, tzinfo=UTC)


def form(*components: Mapping[str, Any]) -> Form:
    found = read_form(json.dumps({"type": "default", "id": "proeve", "components": components}).encode(), "proeve.form")
    assert isinstance(found, Form), found
    return found


def context(choices: Mapping[str, Sequence[Option]] | None = None, **facts: Any) -> FormContext:
    return FormContext(now=NOW, facts=facts, choices=choices or {})


def text(key: str, label: str = "", **rest: Any) -> dict[str, Any]:
    return {"type": "textfield", "key": key, "label": label or key.capitalize(), **rest}


def radio(key: str, *values: str, **rest: Any) -> dict[str, Any]:
    options = [{"label": value.capitalize(), "value": value} for value in values]
    return {"type": "radio", "key": key, "label": key.capitalize(), "values": options, **rest}


REQUIRED = {"validate": {"required": True}}

GOALS = {
    "type": "dynamiclist",
    "path": "maal",
    "label": "Mål",
    "components": [
        text("tekst", "Mål", **REQUIRED),
        {"type": "datetime", "key": "dato", "dateLabel": "Opfølgning", "subtype": "date"},
        {"type": "checkbox", "key": "naaet", "label": "Nået"},
    ],
}


class TestValues:
    def test_no_is_an_answer_to_a_required_choice(self) -> None:
        options = [{"label": "Ja", "value": True}, {"label": "Nej", "value": False}]
        asked = form({"type": "radio", "key": "svar", "label": "Svar", "values": options, **REQUIRED})
        answered = asked.parse({"svar": ["false"]}, context())
        assert (answered.values, dict(answered.errors)) == ({"svar": False}, {})
        assert list(asked.parse({}, context()).errors) == ["svar"]

    def test_each_kind_is_read(self) -> None:
        proeve = form(
            text("navn"),
            {"type": "textarea", "key": "notat", "label": "Notat"},
            {"type": "number", "key": "timer", "label": "Timer"},
            {"type": "datetime", "key": "dag", "dateLabel": "Dag", "subtype": "date"},
            {"type": "datetime", "key": "kl", "timeLabel": "Klokken", "subtype": "time"},
            {"type": "datetime", "key": "moede", "dateLabel": "Møde", "subtype": "datetime"},
            radio("svar", "ja", "nej"),
            {"type": "checkbox", "key": "ok", "label": "Aftalt"},
            {"type": "taglist", "key": "emner", "label": "Emner", "values": ["bolig", {"label": "Nr. 2", "value": 2}]},
            text("tom"),
        )
        sent = {
            "navn": ["  Anna Test Dal "],
            "notat": ["linje 1\r\nlinje 2\r\n"],
            "timer": ["1.250,5"],
            "dag": ["1/9 2014"],
            "kl": ["9.30"],
            "moede.dato": ["2014-12-24"],
            "moede.tid": ["10:00"],
            "svar": ["ja"],
            "ok": ["ja"],
            "emner": ["bolig", "2"],
            "tom": ["  "],
            "ukendt": ["overses"],
        }
        found = proeve.parse(sent, context())
        assert found.errors == {}
        assert found.values == {
            "navn": "Anna Test Dal",
            "notat": "linje 1\nlinje 2",
            "timer": 1250.5,
            "dag": "2014-09-01",
            "kl": "09:30",
            "moede": "2014-12-24T10:00:00+01:00",
            "svar": "ja",
            "ok": True,
            "emner": ["bolig", 2],
            "tom": None,
        }
        assert "ukendt" not in found.raw

    def test_values_survive_the_way_through_json(self) -> None:
        proeve = form(
            {"type": "number", "key": "timer", "label": "Timer"},
            {"type": "datetime", "key": "moede", "dateLabel": "Møde", "subtype": "datetime"},
            {"type": "group", "path": "adresse", "label": "Adresse", "components": [text("vej")]},
            GOALS,
        )
        values = {
            "timer": 7.25,
            "moede": "2014-09-03T14:15:00+02:00",
            "adresse": {"vej": "Prøvevej 1"},
            "maal": [
                {"tekst": "Bolig", "dato": "2014-10-01", "naaet": True},
                {"tekst": "Job", "dato": None, "naaet": False},
            ],
        }
        assert proeve.check(values, context()).values == values

    @pytest.mark.parametrize(
        ("component", "typed", "sentence"),
        [
            (
                {"type": "number"},
                "1.5",
                "Felt skal være et tal, for eksempel 1.250 eller 7,5. Brug komma som decimaltegn.",
            ),
            ({"type": "number"}, "mange", "Felt skal være et tal, for eksempel 1.250 eller 7,5."),
            ({"type": "number", "validate": {"min": 1, "max": 20}}, "20,5", "Felt må højst være 20."),
            ({"type": "number", "validate": {"min": 1}}, "-2", "Felt skal være mindst 1."),
            ({"type": "number", "decimalDigits": 0}, "2,5", "Felt skal være et helt tal."),
            ({"type": "number", "decimalDigits": 1}, "2,55", "Felt må højst have 1 decimal."),
            ({"type": "textfield", "validate": {"minLength": 3}}, "ab", "Felt skal have mindst 3 tegn."),
            (
                {"type": "textfield", "validate": {"maxLength": 3}},
                "abcd",
                "Felt må højst have 3 tegn. Der er 4 tegn nu.",
            ),
            (
                {"type": "textfield", "validate": {"pattern": "^[A-Z]+$"}},
                "abc",
                "Felt er ikke skrevet på den aftalte måde. Se hjælpeteksten ved feltet.",
            ),
            (
                {"type": "textfield", "validate": {"validationType": "email"}},
                "anna@",
                "Felt skal være en mailadresse, for eksempel navn@eksempel.dk.",
            ),
            (
                {"type": "textfield", "validate": {"validationType": "phone"}},
                "12 34",
                "Felt skal være et telefonnummer med mindst otte cifre, for eksempel 12 34 56 78.",
            ),
            (
                {"type": "textfield", "properties": {"format": "cpr"}},
                "310290-1234",
                "Felt begynder ikke med en dato, der findes. Se efter, om cifrene er byttet om.",
            ),
            (
                {"type": "textfield", "properties": {"format": "cpr"}},
                "12",
                "Felt skal være et CPR-nummer med ti cifre, for eksempel 010190-1234.",
            ),
            (
                {"type": "textfield", "properties": {"format": "sagsnummer"}},
                "2014 12",
                "Felt skal være et sagsnummer: cifre og bogstaver, evt. delt af bindestreg.",
            ),
            (
                {"type": "datetime", "subtype": "date"},
                "30-02-2014",
                "Felt er ikke en dato, der findes (30-02-2014). Skriv den som dd-mm-åååå.",
            ),
            (
                {"type": "datetime", "subtype": "date", "disallowPassedDates": True},
                "31-08-2014",
                "Felt må ikke ligge før i dag.",
            ),
            (
                {"type": "datetime", "subtype": "time"},
                "25:00",
                "Felt er ikke et klokkeslæt, der findes (25:00). Skriv det som 09:30.",
            ),
            (
                {"type": "radio", "values": ["ja"]},
                "nej",
                "Det valgte under Felt kan ikke længere vælges. Vælg en anden mulighed.",
            ),
        ],
    )
    def test_what_is_wrong_is_said_and_kept(self, component: dict[str, Any], typed: str, sentence: str) -> None:
        found = form(
            {"key": "f", "label": "Felt", "dateLabel": "Felt", **component}
            if component["type"] == "datetime"
            else {"key": "f", "label": "Felt", **component}
        ).parse({"f": [typed]}, context())
        assert found.errors == {"f": sentence}
        assert found.raw["f"] == [typed]
        assert not found.ok
        with pytest.raises(FormInvalid) as refused:
            found.require_ok()
        assert refused.value.errors == {"f": sentence}

    def test_half_an_instant_is_refused_and_kept(self) -> None:
        proeve = form({"type": "datetime", "key": "m", "dateLabel": "Møde", "subtype": "datetime"})
        found = proeve.parse({"m.dato": ["24-12-2014"], "m.tid": [""]}, context())
        assert found.errors == {"m": "Møde skal have både dato og klokkeslæt, for eksempel 31-01-2026 og 09:30."}
        assert found.raw["m.dato"] == ["24-12-2014"]

    def test_missing_answers_are_named(self) -> None:
        proeve = form(
            text("navn", **REQUIRED),
            radio("svar", "ja", "nej", **REQUIRED),
            {"type": "checklist", "key": "emner", "label": "Emner", "values": ["a"], **REQUIRED},
            {"type": "checkbox", "key": "ok", "label": "Borgeren er indforstået", **REQUIRED},
            {"type": "textarea", "key": "hvorfor", "label": "Hvad er målet?", **REQUIRED},
        )
        assert proeve.parse({}, context()).errors == {
            "navn": "Navn skal udfyldes.",
            "svar": "Vælg en mulighed under Svar.",
            "emner": "Vælg mindst én mulighed under Emner.",
            "ok": "Borgeren er indforstået skal markeres.",
            "hvorfor": "»Hvad er målet?« skal besvares.",
        }

    @pytest.mark.parametrize("number", ["010190-1234", "0101901234", "01 01 90 12 34"])
    def test_a_cpr_number_without_modulus_11_is_taken(self, number: str) -> None:
        proeve = form(text("cpr", properties={"format": "cpr"}))
        assert proeve.parse({"cpr": [number]}, context()).values == {"cpr": "0101901234"}

    def test_the_first_of_two_instants_when_the_clock_is_set_back(self) -> None:
        proeve = form({"type": "datetime", "key": "m", "dateLabel": "Møde", "subtype": "datetime"})
        assert (
            proeve.parse({"m.dato": ["26-10-2014"], "m.tid": ["02:30"]}, context()).values["m"]
            == "2014-10-26T02:30:00+02:00"
        )


class TestProgramsValues:
    def test_unknown_names_and_wrong_kinds_are_refused(self) -> None:
        proeve = form(text("navn"), {"type": "number", "key": "timer", "label": "Timer"}, GOALS)
        found = proeve.check({"navm": "x", "navn": 5, "timer": "7", "maal": [{"tekst": "a", "x": 1}]}, context())
        assert found.errors == {
            "navm": "Skemaet har intet felt med navnet navm.",
            "navn": "Navn skal være en tekst.",
            "timer": "Timer skal være et tal.",
            "maal.0.x": "Skemaet har intet felt med navnet maal.0.x.",
        }

    def test_a_list_must_be_a_list_of_objects(self) -> None:
        assert form(GOALS).check({"maal": "bolig"}, context()).errors == {"maal": "Mål skal være en liste af objekter."}


class TestConditions:
    def test_what_is_hidden_is_neither_checked_nor_submitted(self) -> None:
        proeve = form(radio("svar", "ja", "nej"), text("hvorfor", conditional={"hide": '=svar != "nej"'}, **REQUIRED))
        yes = proeve.parse({"svar": ["ja"], "hvorfor": ["skrevet før"]}, context())
        assert (yes.errors, yes.values, yes.hidden) == ({}, {"svar": "ja"}, frozenset({"hvorfor"}))
        assert yes.raw["hvorfor"] == ["skrevet før"]
        assert proeve.parse({"svar": ["nej"]}, context()).errors == {"hvorfor": "Hvorfor skal udfyldes."}

    def test_a_hidden_field_is_null_also_where_a_function_has_its_name(self) -> None:
        day = {"type": "datetime", "key": "dato", "dateLabel": "Dato", "subtype": "date"}
        proeve = form(
            radio("svar", "ja", "nej"),
            {**day, "conditional": {"hide": '=svar != "ja"'}},
            text("note", properties={"kontrol": '=if dato = null then "Ingen dato." else null'}),
        )
        assert proeve.parse({"svar": ["nej"], "dato": ["01-09-2014"]}, context()).errors == {"note": "Ingen dato."}
        assert proeve.parse({"svar": ["ja"], "dato": ["01-09-2014"]}, context()).ok

    def test_hidden_values_do_not_count_in_other_conditions(self) -> None:
        proeve = form(
            radio("a", "ja", "nej"),
            radio("b", "ja", "nej", conditional={"hide": '=a != "ja"'}),
            text("c", conditional={"hide": '=b = "ja"'}, **REQUIRED),
        )
        found = proeve.parse({"a": ["nej"], "b": ["ja"]}, context())
        assert found.hidden == {"b"}
        assert found.errors == {"c": "C skal udfyldes."}

    def test_a_hidden_group_takes_everything_in_it_along(self) -> None:
        inner = [text("vej", **REQUIRED), GOALS]
        group = {
            "type": "group",
            "id": "g",
            "label": "Bolig",
            "components": inner,
            "conditional": {"hide": "=not(har)"},
        }
        proeve = form({"type": "checkbox", "key": "har", "label": "Har bolig"}, group)
        assert proeve.parse({"maal": ["0"]}, context()).values == {"har": False}
        assert set(proeve.parse({"har": ["ja"], "maal": ["0"]}, context()).errors) == {"vej", "maal.0.tekst"}

    def test_conditions_in_a_row_see_the_row(self) -> None:
        rows = {
            "type": "dynamiclist",
            "path": "maal",
            "label": "Mål",
            "components": [
                {"type": "checkbox", "key": "naaet", "label": "Nået"},
                text("hvorfor", conditional={"hide": "=naaet"}, **REQUIRED),
            ],
        }
        found = form(rows).parse({"maal": ["0", "1"], "maal.0.naaet": ["ja"]}, context())
        assert found.errors == {"maal.1.hvorfor": "Mål, række 2: Hvorfor skal udfyldes."}

    def test_conditions_that_contradict_each_other_come_to_an_end(self) -> None:
        proeve = form(
            {"type": "checkbox", "key": "a", "label": "A", "conditional": {"hide": "=b"}},
            {"type": "checkbox", "key": "b", "label": "B", "conditional": {"hide": "=a"}},
        )
        assert proeve.parse({"a": ["ja"], "b": ["ja"]}, context()).errors == {}


class TestRules:
    def test_a_check_blocks_and_a_warning_does_not(self) -> None:
        proeve = form(
            {"type": "datetime", "key": "fra", "dateLabel": "Fra", "subtype": "date"},
            {
                "type": "datetime",
                "key": "til",
                "dateLabel": "Til",
                "subtype": "date",
                "properties": {
                    "kontrol": '=if til < fra then "Til må ikke ligge før Fra." else null',
                    "advarsel": '=if til > i_dag + duration("P1Y") then "Datoen ligger mere end et år frem." else null',
                },
            },
        )
        wrong = proeve.parse({"fra": ["02-09-2014"], "til": ["01-09-2014"]}, context())
        assert (wrong.errors, wrong.warnings) == ({"til": "Til må ikke ligge før Fra."}, {})
        far = proeve.parse({"fra": ["02-09-2014"], "til": ["01-09-2016"]}, context())
        assert (far.errors, far.warnings) == ({}, {"til": "Datoen ligger mere end et år frem."})
        assert proeve.parse({"fra": ["02-09-2014"]}, context()).ok

    def test_checks_see_the_case(self) -> None:
        proeve = form(text("svar", properties={"kontrol": '=if svar = sag.nummer then null else "Ikke " + sag.nummer'}))
        assert proeve.parse({"svar": ["x"]}, context(sag={"nummer": "2014-1"})).errors == {"svar": "Ikke 2014-1"}

    def test_a_check_that_says_no_gives_a_sentence(self) -> None:
        proeve = form({**GOALS, "properties": {"kontrol": "=count(maal) > 1"}})
        one = {"maal": ["0"], "maal.0.tekst": ["Bolig"]}
        assert proeve.parse(one, context()).errors == {"maal": "Mål kan ikke godkendes. Se det udfyldte igennem."}


class TestOptions:
    def test_options_from_a_source(self) -> None:
        proeve = form(
            {"type": "select", "key": "enhed_id", "label": "Enhed", "properties": {"kilde": "enheder:voksen"}}
        )
        assert proeve.sources == {"enheder:voksen"}
        units = {"enheder:voksen": [Option("Nord", "nord"), Option("Syd", "syd")]}
        found = proeve.parse({"enhed_id": ["syd"]}, context(units))
        assert found.values == {"enhed_id": "syd"}
        assert found.choices["enhed_id"] == (Option("Nord", "nord"), Option("Syd", "syd"))
        assert "enhed_id" in proeve.parse({"enhed_id": ["vest"]}, context(units)).errors
        with pytest.raises(SetupFault, match="enheder:voksen"):
            proeve.parse({}, context())

    def test_options_from_an_expression_follow_the_form(self) -> None:
        maal = {**GOALS, "components": [text("tekst")]}
        proeve = form(
            maal, {"type": "radio", "key": "vigtigst", "label": "Vigtigst", "valuesExpression": "=maal.tekst"}
        )
        sent = {"maal": ["0", "1"], "maal.0.tekst": ["Bolig"], "maal.1.tekst": ["Job"], "vigtigst": ["Job"]}
        found = proeve.parse(sent, context())
        assert found.ok
        assert found.choices["vigtigst"] == (Option("Bolig", "Bolig"), Option("Job", "Job"))
        assert not proeve.parse({**sent, "vigtigst": ["Netværk"]}, context()).ok


class TestPrefill:
    def test_the_order_is_draft_then_task_then_expression_then_default(self) -> None:
        proeve = form(
            text("a", defaultValue="fast", properties={"fra": "=borger.navn"}),
            text("b", defaultValue="fast", properties={"fra": "=borger.navn"}),
            text("c", defaultValue="fast", properties={"fra": "=borger.ukendt"}),
            {"type": "datetime", "key": "d", "dateLabel": "D", "subtype": "date", "properties": {"fra": "=i_dag"}},
        )
        known = context(opgave={"a": "fra opgaven"}, borger={"navn": "Anna Test Dal"})
        first = proeve.fresh(known)
        assert first.raw == {"a": ["fra opgaven"], "b": ["Anna Test Dal"], "c": ["fast"], "d": ["01-09-2014"]}
        assert first.errors == {}
        assert proeve.fresh(known, draft={"a": ["kladde"], "d": ["i morg"]}).raw == {
            "a": ["kladde"],
            "b": [],
            "c": [],
            "d": ["i morg"],
        }

    def test_lists_and_groups_begin_with_what_is_known(self) -> None:
        group = {"type": "group", "path": "moede", "label": "Møde", "components": [text("sted")]}
        proeve = form({**GOALS, "properties": {"fra": "=skema.plan.maal"}}, group)
        plan = {"maal": [{"tekst": "Bolig", "naaet": True}, {"tekst": "Job"}]}
        found = proeve.fresh(context(skema={"plan": plan}, opgave={"moede": {"sted": "Hjemme"}}))
        assert found.raw["maal"] == ["0", "1"]
        assert found.raw["maal.0.naaet"] == ["ja"]
        assert found.raw["moede.sted"] == ["Hjemme"]

    def test_what_does_not_fit_is_said(self) -> None:
        proeve = form(
            {"type": "checkbox", "key": "ok", "label": "Aftalt", "properties": {"fra": "=sag.nummer"}}, text("t")
        )
        found = proeve.fresh(context(sag={"nummer": "2014-1"}, opgave={"t": 1250.5}))
        assert found.raw["t"] == ["1250,5"]
        assert list(found.warnings) == ["ok"]

    def test_fixed_fields_cannot_be_changed_from_outside(self) -> None:
        proeve = form(
            text("navn", readonly=True, properties={"fra": "=borger.navn"}),
            text("vist", disabled=True, properties={"fra": "=borger.navn"}),
        )
        found = proeve.parse({"navn": ["Andet"], "vist": ["Andet"]}, context(borger={"navn": "Anna Test Dal"}))
        assert found.values == {"navn": "Anna Test Dal"}
        assert found.raw["vist"] == ["Anna Test Dal"]


class TestRows:
    def test_rows_keep_their_numbers_and_their_order(self) -> None:
        sent = {"maal": ["0", "3"], "maal.0.tekst": [""], "maal.3.tekst": ["Job"], "maal.3.naaet": ["ja"]}
        found = form(GOALS).parse(sent, context())
        assert found.errors == {"maal.0.tekst": "Mål, række 1: Mål skal udfyldes."}
        assert found.values["maal"] == [{"tekst": "Job", "dato": None, "naaet": True}]

    def test_a_row_is_added_and_removed_without_losing_anything(self) -> None:
        sent = {"maal": ["0"], "maal.0.tekst": ["Bolig"], "maal.0.dato": ["i mor"]}
        proeve = form(GOALS)
        assert proeve.change_rows(sent, context()) is None
        more = proeve.change_rows({**sent, ADD_ROW: ["maal"]}, context())
        assert more is not None
        assert more.raw["maal"] == ["0", "1"]
        assert more.raw["maal.0.dato"] == ["i mor"]
        assert more.errors == {}
        less = proeve.change_rows({**more.raw, REMOVE_ROW: ["maal.0"]}, context())
        assert less is not None
        assert less.raw["maal"] == ["1"]
        assert "maal.0.tekst" not in less.raw

    def test_fixed_columns_stay_with_their_row(self) -> None:
        agenda = {
            "type": "dynamiclist",
            "path": "punkter",
            "label": "Punkter",
            "components": [text("emne", readonly=True, defaultValue="Nyt punkt"), text("referat")],
        }
        proeve = form(agenda)
        known = context(opgave={"punkter": [{"emne": "Velkommen"}, {"emne": "Eventuelt"}]})
        sent = {"punkter": ["1", "2"], "punkter.1.emne": ["Ændret"], "punkter.1.referat": ["Intet"]}
        assert proeve.parse(sent, known).values["punkter"] == [
            {"emne": "Eventuelt", "referat": "Intet"},
            {"emne": "Nyt punkt", "referat": None},
        ]

    def test_nobody_sends_endless_rows(self) -> None:
        found = form(GOALS).parse({"maal": [str(n) for n in range(9999)]}, context())
        assert found.errors["maal"] == "Mål må højst have 200 rækker."


def test_a_stored_submission_is_read_back() -> None:
    proeve = form(
        radio("svar", "ja", "nej"),
        text("hvorfor", conditional={"hide": '=svar = "ja"'}),
        {"type": "select", "key": "enhed_id", "label": "Enhed", "properties": {"kilde": "enheder"}},
        GOALS,
    )
    stored = {"svar": "ja", "enhed_id": "vest", "maal": [{"tekst": "Bolig", "dato": "2014-10-01", "naaet": True}]}
    found = proeve.read_back(stored, {"enheder": [Option("Nord", "nord")]})
    assert found.hidden == {"hvorfor"}
    assert found.choices["enhed_id"] == (Option("vest", "vest"),)
    assert found.raw["maal.0.dato"] == ["01-10-2014"]


def test_a_section_in_which_nothing_was_answered_is_hidden_when_it_is_read_back() -> None:
    inner = {"type": "group", "id": "inderst", "label": "Inderst", "components": [text("c")]}
    proeve = form(
        {"type": "group", "id": "besvaret", "label": "Besvaret", "components": [text("a"), text("b")]},
        {"type": "group", "id": "tom", "label": "Tom", "components": [GOALS, inner]},
        {"type": "group", "id": "med_sti", "label": "Med sti", "path": "sti", "components": [text("d")]},
    )
    assert proeve.read_back({"a": "x"}).hidden == {"b", "maal", "c", "~inderst", "~tom", "sti.d", "sti"}


def test_text_may_be_an_expression() -> None:
    proeve = form({"type": "text", "id": "hvem", "text": '="Aftale med **" + borger.navn + "**"'})
    assert proeve.fresh(context(borger={"navn": "Anna Test Dal"})).texts == {"~hvem": "Aftale med **Anna Test Dal**"}


def test_texts_of_a_stored_form_are_what_its_answers_make_them() -> None:
    def prose(id_: str, said: str, hide: str = "") -> dict[str, Any]:
        return {"type": "text", "id": id_, "text": said, **({"conditional": {"hide": hide}} if hide else {})}

    proeve = form(
        radio("svar", "ja", "nej"),
        prose("ja", "Du sagde ja.", '=svar != "ja"'),
        prose("nej", "Du sagde nej.", '=svar != "nej"'),
        prose("tal", '="Du svarede " + svar + "."'),
        prose("frist", '="Svar senest " + opgave.frist + "."'),
        prose("haster", "Det haster.", "=opgave.frist = null"),
    )
    found = proeve.read_back({"svar": "ja"})
    assert found.hidden == {"~nej", "~frist", "~haster"}
    assert found.texts["~tal"] == "Du svarede ja."
    assert proeve.blank(context()).hidden == {"~ja", "~nej", "~tal", "~frist", "~haster"}


def test_a_blank_form_holds_only_what_it_says_whoever_it_is_about() -> None:
    rows = {
        "type": "dynamiclist",
        "path": "punkter",
        "label": "Punkter",
        "properties": {"fra": '=[{emne: "Velkommen", svar: "ja"}, {emne: opgave.emne}]'},
        "components": [text("emne"), radio("svar", "ja", "nej")],
    }
    fixed = {
        "type": "textarea",
        "key": "klage",
        "label": "Klage",
        "readonly": True,
        "properties": {"fra": '="Klag her."'},
    }
    day = {"type": "datetime", "key": "dag", "dateLabel": "Dag", "properties": {"fra": "=i_dag"}}
    asked = form(
        text("navn", properties={"fra": "=borger.navn"}),
        day,
        radio("svar", "ja", "nej", defaultValue="ja"),
        fixed,
        rows,
    )
    filled = {name: texts for name, texts in asked.blank(context()).raw.items() if any(texts)}
    assert filled == {"klage": ["Klag her."], "punkter": ["0", "1"], "punkter.0.emne": ["Velkommen"]}


def test_a_deployed_form_is_read_once() -> None:
    content = json.dumps({"id": "x", "components": [text("navn")]}).encode()
    assert deployed_form(content) is deployed_form(content)
    assert deployed_form(content).names == {"navn"}
    with pytest.raises(SetupFault):
        deployed_form(b"{")


def test_a_pattern_that_could_run_away_answers_all_the_same() -> None:
    proeve = form(text("kode", validate={"pattern": "^(a+)+$"}))
    assert "kode" not in proeve.parse({"kode": ["a" * 40]}, context()).errors
    assert "kode" in proeve.parse({"kode": ["a" * 40 + "!"]}, context()).errors
