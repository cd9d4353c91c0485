"""Rules by date: who may change them, how values are written, and that a change is a checked deployment with a reason."""

from datetime import date
from pathlib import Path

import pytest

from service.domain.access import SYSTEM, Membership, Person
from service.domain.definitions import ResourceKind
from service.domain.errors import DeploymentRefused, EntryChanged, Forbidden, FormInvalid, NotFound
from service.domain.registers import Wrong
from service.testing import files
from service.usecases import deployments, rule_tables, rule_values
from service.usecases.rule_tables import RuleEntry
from service.usecases.rule_values import ValueKind

TOWN = Path(__file__).parents[1] / "web" / "town"
OWNER = Person(1, "pia", "Pia Test Procesejer", frozenset({Membership("procesejer")}))
PARAMETERS, LAW = "proeve-parametre", "proeve-lov"
FRIST, KONTOR, ALDER = (f"proeve_parametre_r{n}" for n in (1, 2, 4))


@pytest.fixture
def town(office):
    office.world.deploy_folder(TOWN)
    return office


def row(town, row_id=FRIST, id_=PARAMETERS, person=OWNER):
    return rule_tables.look_at_row(town.world.platform, person, id_, row_id)


def save(town, row_id=FRIST, id_=PARAMETERS, person=OWNER, seen=None, **entry):
    mark = seen if seen is not None else row(town, row_id, id_).mark
    typed = RuleEntry(**{"note": row(town, row_id, id_).row.note, "reason": "Fordi", **entry})
    return rule_tables.save(town.world.platform, person, id_, row_id, typed, mark)


def parameters(town, day):
    def ask(uow):
        found = town.world.platform.catalogs.view(uow.definitions).find_decision(PARAMETERS)
        return {r["navn"]: r["vaerdi"] for r in found.evaluate({"dag": day}, town.world.clock.now())}

    return town.read(ask)


class TestKeeping:
    def test_only_process_owners_and_administrators(self, town):
        for name in ("nina", "lone", "dan"):
            assert rule_tables.listed(town.world.platform, town.person(name)) == []
            with pytest.raises(Forbidden):
                rule_tables.look(town.world.platform, town.person(name), PARAMETERS)
            with pytest.raises(Forbidden):
                save(town, person=town.person(name), values={"v1": 7})

    def test_missing_values_are_counted(self, town):
        cards = rule_tables.listed(town.world.platform, OWNER)
        assert [(card.id, card.unset) for card in cards] == [(PARAMETERS, 1), (LAW, 1)]

    def test_only_tables_that_a_manifest_names(self, town):
        with pytest.raises(NotFound):
            rule_tables.look(town.world.platform, OWNER, "andet")
        with pytest.raises(NotFound):
            row(town, "andet")

    def test_a_corrected_value_counts_on_every_day(self, town):
        assert save(town, values={"v1": 7}) == 2
        assert parameters(town, "2014-05-01")["svarfrist"] == 7

    def test_a_new_value_counts_from_its_day(self, town):
        save(town, values={"v1": 7}, from_date="01-10-2026")
        assert parameters(town, "2026-09-30")["svarfrist"] == 5
        assert parameters(town, "2026-10-01")["svarfrist"] == 7
        page = rule_tables.look(town.world.platform, OWNER, PARAMETERS, date(2026, 10, 1))
        assert [r.texts[1] for r in page.rows if r.texts[0] == '"svarfrist"'] == ["7"]

    def test_who_why_and_what_is_told(self, town):
        save(town, values={"v1": 7}, reason="Byrådet har besluttet det")
        newest, first = rule_tables.look(town.world.platform, OWNER, PARAMETERS).versions
        assert (newest.version, newest.by, newest.comment) == (2, "pia", "Byrådet har besluttet det")
        told = [(d.what, d.label, d.before, d.after) for d in newest.differences]
        assert told == [("svarfrist", "Værdi", "5", "7")]
        assert (first.version, first.by) == (1, "Systemet")

    def test_nothing_is_stored_by_a_preview(self, town):
        entry = RuleEntry({"v1": 7}, note="Ny", from_date="01-10-2026")
        found = rule_tables.preview(town.world.platform, OWNER, PARAMETERS, FRIST, entry)
        assert [(d.what, d.label, d.before, d.after) for d in found] == [
            ("svarfrist", "Gælder", "fra 01-01-2014", "01-01-2014 til 30-09-2026"),
            ("svarfrist", "Gælder", "", "fra 01-10-2026"),
            ("svarfrist", "Værdi", "", "7"),
        ]
        assert len(town.read(lambda uow: uow.definitions.versions(ResourceKind.DECISION, PARAMETERS))) == 1

    @pytest.mark.parametrize(
        ("fields", "where"),
        [
            ({"values": {"v1": 7}, "reason": " "}, "begrundelse"),
            ({"values": {"v1": 7}, "from_date": ""}, "fra_dato"),
            ({"values": {"v1": 7}, "from_date": "01-01-2014"}, "fra_dato"),
        ],
    )
    def test_faults_are_told_at_their_field(self, town, fields, where):
        with pytest.raises(FormInvalid) as refused:
            save(town, **fields)
        assert list(refused.value.errors) == [where]

    def test_a_day_after_the_version_s_end_is_told(self, town):
        with pytest.raises(FormInvalid, match="fejl"):
            save(town, KONTOR, values={"v1": "Havnen"}, from_date="01-01-2015")

    def test_two_who_change_the_same_value_are_told(self, town):
        seen = row(town).mark
        save(town, values={"v1": 7})
        with pytest.raises(EntryChanged, match="pia"):
            save(town, values={"v1": 9}, seen=seen)
        assert parameters(town, "2026-03-02")["svarfrist"] == 7

    def test_two_who_change_different_values_are_not_in_each_other_s_way(self, town):
        seen = row(town, KONTOR).mark
        save(town, values={"v1": 7})
        save(town, KONTOR, values={"v1": "Havnen"}, seen=seen)
        found = parameters(town, "2014-03-02")
        assert (found["svarfrist"], found["kontor"]) == (7, "Havnen")

    def test_the_checks_of_a_deployment_are_not_passed_by(self, town):
        page = row(town, "proeve_parametre_r6")
        assert page.cells[0].kind is ValueKind.FEEL
        with pytest.raises(FormInvalid):
            save(town, "proeve_parametre_r6", values={"v1": "duration("})

    def test_an_unset_value_takes_what_is_typed(self, town):
        assert row(town, ALDER).cells[0].kind is ValueKind.FEEL
        save(town, ALDER, values={"v1": "18"})
        assert parameters(town, "2026-03-02")["aldersgraense"] == 18
        assert rule_tables.listed(town.world.platform, OWNER)[0].unset == 0
        save(town, ALDER, values={"v1": None})
        assert parameters(town, "2026-03-02")["aldersgraense"] is None

    def test_columns_of_a_law_are_of_their_type(self, town):
        page = row(town, "proeve_lov_r2", LAW)
        assert [(c.column.label, c.kind, c.content) for c in page.cells] == [
            ("Udgave", ValueKind.TEXT, "ny"),
            ("Skriftlig", ValueKind.YES_NO, False),
            ("Måneder", ValueKind.NUMBER, None),
        ]


class TestFiles:
    """How files on disk and changes in the program live together."""

    def regler(self):
        return [r for r in files.of_root(TOWN) if r.path.endswith(".dmn")]

    def test_a_file_that_takes_a_change_back_says_so(self, town):
        save(town, values={"v1": 7})
        done = deployments.deploy(town.world.platform, SYSTEM, self.regler())
        [warning] = [w for w in done.warnings if "blev ændret i programmet" in w.message]
        assert "Version 2" in warning.message
        assert "version 3" in warning.message
        assert parameters(town, "2026-03-02")["svarfrist"] == 5

    def test_the_same_file_after_files_alone_says_nothing(self, town):
        other = [
            deployments.Resource(r.path, r.content.replace(b"<text>5</text>", b"<text>6</text>")) for r in self.regler()
        ]
        assert deployments.deploy(town.world.platform, SYSTEM, other).warnings == ()

    def test_old_files_are_left_out_where_changes_stand(self, town):
        save(town, values={"v1": 7})
        found = deployments.newer_than_changes(town.world.platform, files.of_root(TOWN))
        assert {r.path for r in files.of_root(TOWN)} - {r.path for r in found} == {"processes/proeve/proeve-regler.dmn"}
        newer = [deployments.Resource(r.path, r.content + b"\n") for r in self.regler()]
        assert deployments.newer_than_changes(town.world.platform, newer) == newer

    def test_the_file_in_operation_can_be_fetched(self, town):
        save(town, values={"v1": 7})
        name, content = rule_tables.current(town.world.platform, OWNER, PARAMETERS)
        assert name == "proeve-regler.dmn"
        again = deployments.deploy(
            town.world.platform, SYSTEM, [deployments.Resource("processes/proeve/proeve-regler.dmn", content)]
        )
        assert again.versions == ()

    @pytest.mark.parametrize(
        ("old", "new", "why"),
        [
            (b"proeve-lov: {", b"findes-ikke: {", "Beslutningen findes-ikke findes ikke"),
        ],
    )
    def test_a_manifest_names_tables_there_are(self, office, old, new, why):
        resources = [
            deployments.Resource(
                r.path, r.content.replace(old, new) if r.path.endswith("procedure.yaml") else r.content
            )
            for r in files.of_root(TOWN)
        ]
        with pytest.raises(DeploymentRefused, match=why):
            office.world.deploy(resources)

    def test_a_table_that_does_not_go_by_date_is_refused(self, office):
        resources = [
            deployments.Resource(r.path, r.content.replace(b'&gt;= date("2015-01-01")', b'&gt; date("2015-01-01")'))
            for r in files.of_root(TOWN)
        ]
        with pytest.raises(DeploymentRefused, match="regler efter dato"):
            office.world.deploy(resources)


class TestValues:
    @pytest.mark.parametrize(
        ("text", "kind", "content", "said"),
        [
            ('"Rådhuset"', ValueKind.TEXT, "Rådhuset", "Rådhuset"),
            ('"a \\"b\\" c"', ValueKind.TEXT, 'a "b" c', 'a "b" c'),
            ("7", ValueKind.NUMBER, 7, "7"),
            ("-0.5", ValueKind.NUMBER, -0.5, "-0,5"),
            ("true", ValueKind.YES_NO, True, "ja"),
            ('["a", "b"]', ValueKind.LIST, "a\nb", "a, b"),
            ("null", None, None, ""),
            ("", None, None, ""),
            ("1 + 1", ValueKind.FEEL, "1 + 1", "1 + 1"),
            ('duration("P28D")', ValueKind.FEEL, 'duration("P28D")', 'duration("P28D")'),
            ("[1, 2]", ValueKind.FEEL, "[1, 2]", "[1, 2]"),
            ("regel.navn", ValueKind.FEEL, "regel.navn", "regel.navn"),
        ],
    )
    def test_what_a_cell_says(self, text, kind, content, said):
        value = rule_values.read(text)
        assert (value.kind, value.content, rule_values.said(text)) == (kind, content, said)
        if kind is not None:
            assert rule_values.read(rule_values.write(kind, content)) == value

    def test_nothing_typed_is_null(self):
        assert [rule_values.write(kind, None) for kind in ValueKind] == ["null"] * 5

    def test_what_is_no_feel_is_told(self):
        with pytest.raises(Wrong, match="Udtrykket kan ikke læses"):
            rule_values.write(ValueKind.FEEL, "(((")

    def test_the_kind_of_an_empty_cell(self):
        assert rule_values.kind_of("null", "number", []) is ValueKind.NUMBER
        assert rule_values.kind_of("null", "", ["null", "5"]) is ValueKind.NUMBER
        assert rule_values.kind_of("null", "", ["null"]) is ValueKind.FEEL
