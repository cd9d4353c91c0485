"""Tables by date: read as rows with a period, and edited so that nothing else in the file changes."""

from datetime import date
from difflib import unified_diff
from pathlib import Path

import pytest

from service.dmn import read_decisions
from service.dmn.dated import changed, read_dated, split

FILE = Path(__file__).parents[1] / "web" / "town" / "processes" / "proeve" / "proeve-regler.dmn"
XML = FILE.read_bytes()
PARAMETERS, LAW = "proeve-parametre", "proeve-lov"


def table(xml=XML, id_=PARAMETERS):
    return read_dated(xml, id_, "x.dmn")


def edited_lines(after):
    lines = unified_diff(XML.decode().splitlines(), after.decode().splitlines(), lineterm="", n=0)
    return [line.replace(" ", "") for line in lines if line[:1] in "+-" and line[:3] not in ("+++", "---")]


class TestReading:
    def test_parameters_have_names_and_periods(self):
        found = table()
        assert found.keyed
        assert [(row.first, row.last, row.texts[0]) for row in found.rows[:3]] == [
            (date(2014, 1, 1), None, '"svarfrist"'),
            (date(2014, 1, 1), date(2014, 12, 31), '"kontor"'),
            (date(2015, 1, 1), None, '"kontor"'),
        ]
        assert [row.texts[1] for row in found.versions_of(found.rows[1])] == ['"Den nye fløj"', '"Rådhuset"']
        assert found.rows[0].note == "Arbejdsdage til svar."

    def test_versions_of_a_law_are_one_thing(self):
        found = table(id_=LAW)
        assert not found.keyed
        assert [column.type for column in found.columns] == ["string", "boolean", "number"]
        assert [row.texts[0] for row in found.versions_of(found.rows[0])] == ['"ny"', '"gammel"']

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ('&gt;= date("2015-01-01")', '&gt; date("2015-01-01")'),
            ('&gt;= date("2015-01-01")', '&gt;= date("2015-02-31")'),
            ('<decision id="proeve-parametre"', '<decision id="andet"'),
        ],
    )
    def test_what_does_not_go_by_date_is_none(self, old, new):
        assert table(XML.decode().replace(old, new).encode()) is None

    @pytest.mark.parametrize(
        ("day", "holds"), [("2013-12-31", False), ("2014-01-01", True), ("2014-12-31", True), ("2015-01-01", False)]
    )
    def test_both_ends_of_a_period_hold(self, day, holds):
        assert table().rows[1].holds_on(date.fromisoformat(day)) is holds


class TestEditing:
    def test_a_value_is_corrected_and_nothing_else(self):
        after = changed(XML, PARAMETERS, "proeve_parametre_r1", ['"svarfrist"', "7"], "Arbejdsdage til svar.")
        assert edited_lines(after) == [
            '-<outputEntryid="proeve_parametre_r1_u2"><text>5</text></outputEntry>',
            '+<outputEntryid="proeve_parametre_r1_u2"><text>7</text></outputEntry>',
        ]

    def test_a_new_value_holds_from_its_day(self):
        after = split(XML, PARAMETERS, "proeve_parametre_r1", date(2014, 10, 1), ['"svarfrist"', "7"], "Ny frist.")
        rows = table(after).versions_of(table(after).rows[0])
        assert [(row.first, row.last, row.texts[1], row.note) for row in rows] == [
            (date(2014, 10, 1), None, "7", "Ny frist."),
            (date(2014, 1, 1), date(2014, 9, 30), "5", "Arbejdsdage til svar."),
        ]
        decisions = read_decisions(after, "x.dmn").decisions
        for day, value in (("2014-09-30", 5), ("2014-10-01", 7)):
            result = decisions[PARAMETERS].evaluate({"dag": day}).value
            assert {r["navn"]: r["vaerdi"] for r in result}["svarfrist"] == value
        assert len(edited_lines(after)) < 12

    def test_a_version_in_the_middle_takes_over_the_end(self):
        after = split(XML, PARAMETERS, "proeve_parametre_r2", date(2014, 7, 1), ['"kontor"', '"Havnen"'], "")
        rows = table(after).versions_of(table(after).rows[1])
        assert [(row.first, row.last) for row in rows] == [
            (date(2015, 1, 1), None),
            (date(2014, 7, 1), date(2014, 12, 31)),
            (date(2014, 1, 1), date(2014, 6, 30)),
        ]

    def test_ids_stay_unique_however_often(self):
        xml = XML
        for year in (2021, 2022, 2021 + 2):
            newest = table(xml, LAW).versions_of(table(xml, LAW).rows[0])[0]
            xml = split(xml, LAW, newest.id, date(year, 1, 1), ['"x"', "true", "1"], "")
        ids = [row.id for row in table(xml, LAW).rows]
        assert len(set(ids)) == len(ids) == 5
        read_decisions(xml, "x.dmn")

    def test_comments_and_their_like_stay(self):
        after = changed(XML, LAW, "proeve_lov_r2", ['"ny"', "false", "12"], "Den nye lov.")
        assert "Kommentaren bliver stående".encode() in after
        assert after.startswith(b'<?xml version="1.0" encoding="UTF-8"?>')
        assert b"/>" not in after.replace(b" />", b"")

    def test_special_signs_are_written_so_that_they_read_back(self):
        text = '"a < b & \\"c\\" > d"'
        after = changed(XML, PARAMETERS, "proeve_parametre_r2", ['"kontor"', text], "<b> & c")
        row = table(after).rows[1]
        assert (row.texts[1], row.note) == (text, "<b> & c")

    @pytest.mark.parametrize("day", [date(2014, 1, 1), date(2015, 1, 1)])
    def test_a_day_outside_the_period_is_refused(self, day):
        with pytest.raises(ValueError, match="not inside"):
            split(XML, PARAMETERS, "proeve_parametre_r2", day, ['"kontor"', '"x"'], "")
