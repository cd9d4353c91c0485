"""The status report: computed from cases, told as tables and JSON, and suppressed for the public."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.errors import BadInput, Forbidden, NotFound
from service.domain.figures import Figures, Movement, Period
from service.usecases import reports, tasks
from service.usecases.reports import measures, suppression
from service.usecases.reports.computing import distribution
from tests.usecases.office import Office

MARCH = Period(date(2026, 3, 1), date(2026, 3, 2))


def computed(office: Office, period: Period = MARCH, units: list[str] | None = None) -> Figures:
    platform = office.world.platform

    def work(uow):  # type: ignore[no-untyped-def]
        report = reports.whole(platform.catalogs.view(uow.definitions), "ansoegninger")
        return reports.compute(uow, reports.narrowed(report, units or []), period, platform.clock.now())

    return platform.read(work)


def offered(office: Office, who: str) -> list[reports.Report]:
    platform, person = office.world.platform, office.person(who)
    return platform.read(lambda uow: reports.offered(platform.catalogs.view(uow.definitions), person))


def told(figures: Figures) -> dict[str, str]:
    return {measure.name: measure.value for measure in figures.measures}


class TestComputing:
    def test_nothing_has_happened(self, office: Office) -> None:
        figures = computed(office)
        assert figures.movement == Movement(("Primo mar",), 0, (0,), (0,), (0,), 0, 0, 0)
        assert [(r.name, r.count, r.share) for r in figures.sources.rows] == [("Brev", 0, 0), ("Telefon", 0, 0)]
        assert told(figures) == {
            "Andel afgjort": "–",
            "Dage til afgørelse": "–",
            "Afgjort af alle": "–",
            "Åbne pr. medarbejder": "–",
            "Årstakt": "0 om året",
        }

    def test_it_counts_what_the_diagrams_made_of_the_cases(self, office: Office) -> None:
        first, _ = office.receive(), office.receive(unit="syd", cpr="0107924427")
        tasks.complete_with(office.world.platform, office.person("nina"), office.task(first).key, {"svar": "ja"})
        figures = computed(office)
        assert (figures.movement.created, figures.movement.closed, figures.movement.open) == ((2,), (1,), (1,))
        assert figures.sources.rows[-1].name == "Ikke angivet"
        assert figures.sources.rows[-1].count == 2
        assert told(figures)["Andel afgjort"] == "50 %"
        assert told(figures)["Dage til afgørelse"] == "0 dage"
        assert told(figures)["Afgjort af alle"] == "100 %"
        assert told(figures)["Årstakt"] == "365 om året"

    def test_a_unit_alone(self, office: Office) -> None:
        office.receive()
        office.receive(unit="syd", cpr="0107924427")
        figures = computed(office, units=["syd"])
        assert figures.movement.created == (1,)
        assert figures.units == ("Syd",)
        assert "Afgjort af alle" not in told(figures)

    def test_a_cut_off_to_come_is_refused(self, office: Office) -> None:
        with pytest.raises(BadInput, match="ikke kommet endnu"):
            computed(office, Period(date(2026, 3, 1), date(2026, 3, 3)))

    def test_an_unknown_report(self, office: Office) -> None:
        def work(uow):  # type: ignore[no-untyped-def]
            return reports.whole(office.world.platform.catalogs.view(uow.definitions), "andet")

        with pytest.raises(NotFound, match="andet"):
            office.world.platform.read(work)


class TestWhoSeesWhat:
    @pytest.mark.parametrize(
        ("who", "units"), [("marie", [None]), ("lone", [{"nord"}]), ("nina", []), ("dan", []), ("ruth", [])]
    )
    def test_whole_reports_by_role_and_units_by_leading_them(
        self, office: Office, who: str, units: list[set[str] | None]
    ) -> None:
        assert [report.units for report in offered(office, who)] == units

    def test_a_leader_asks_for_no_other_unit(self, office: Office) -> None:
        report = offered(office, "lone")[0]
        assert reports.narrowed(report, ["nord"]).units == {"nord"}
        with pytest.raises(Forbidden):
            reports.narrowed(report, ["syd"])


class TestMeasures:
    def test_days(self) -> None:
        assert measures.days("x", {}).value == "–"
        assert measures.days("x", {1: 1}).value == "1 dag"
        assert measures.days("x", {1: 1, 2: 1}).value == "1,5 dage"
        assert measures.days("x", {0: 4, 3: 5, 40: 1}) == measures.Told(
            "x", "3 dage", "median af 10; ni ud af ti inden for 3 dage", (10,)
        )

    def test_load_and_hours(self) -> None:
        assert (
            measures.load("x", {"a": 3, "b": 2, None: 4}).note
            == "5 sager hos 2 medarbejdere, højst 3 hos én; 4 uden medarbejder"
        )
        assert measures.load("x", {None: 4}).note == "4 uden medarbejder"
        assert (measures.hours("x", 10, 4).value, measures.hours("x", 10, 4).note) == (
            "10 timer",
            "2,5 timer på hver af 4 sager",
        )


ROWS = st.lists(st.integers(0, 40), min_size=1, max_size=6)


class TestSuppression:
    @given(ROWS)
    def test_no_small_cell_is_shown(self, cells: list[int]) -> None:
        left = [cell for i, cell in enumerate(cells) if i not in suppression.hidden(cells, 5)]
        assert all(cell >= 5 for cell in left)

    @given(st.lists(st.integers(0, 12), min_size=2, max_size=4))
    def test_no_small_cell_can_be_worked_out_from_the_total(self, cells: list[int]) -> None:
        """Whoever knows what is hidden, their sum and the limit still finds at least two values for each small one."""
        out = sorted(suppression.hidden(cells, 5))
        if not out or (len(out) == len(cells) and sum(cells) < 5):
            return
        total = sum(cells[i] for i in out)
        fitting = [values for values in product(range(total + 1), repeat=len(out)) if sum(values) == total]
        fitting = [values for values in fitting if min(values) < 5]
        for place, index in enumerate(out):
            if cells[index] < 5 and len(out) < len(cells):
                assert len({values[place] for values in fitting}) > 1

    @given(ROWS, st.data())
    def test_the_balance_gives_no_hidden_cell_away(self, created: list[int], data: st.DataObject) -> None:
        closed = data.draw(st.lists(st.integers(0, 9), min_size=len(created), max_size=len(created)))
        movement = _movement(created, closed)
        shown = suppression._movement(movement, 5)
        known = [movement.before, *shown.open]
        for i, (came, went) in enumerate(zip(shown.created, shown.closed, strict=True)):
            if (came is None) != (went is None) and len(created) > 1:
                assert known[i] is None or known[i + 1] is None
        assert all(cell is None or cell >= 5 for cell in (*shown.created, *shown.closed))

    def test_a_single_small_cell_takes_another_with_it(self) -> None:
        assert suppression.hidden([96, 21, 18, 3], 5) == {2, 3}
        assert suppression.hidden([96, 21, 18, 2, 3], 5) == {3, 4}
        assert suppression.hidden([96, 4, 4], 5) == {0, 1, 2}

    def test_a_public_report_tells_why_cells_are_missing(self, office: Office) -> None:
        office.receive()
        figures = computed(office)
        shown = reports.public(figures)
        assert shown.movement.created == (None,)
        assert shown.movement.total_created is None
        assert shown.sources.total is None
        assert told(shown)["Årstakt"] == suppression.HIDDEN
        table = reports.tables(shown)[0]
        assert table.rows[0] == ("Oprettet", reports.OUT, reports.OUT)
        assert any("udeladt" in note for note in table.notes)
        assert not any("udeladt" in note for note in reports.tables(figures)[0].notes)
        assert figures.movement.created == (1,)


def _movement(created: list[int], closed: list[int]) -> Movement:
    balance, still = 0, []
    for came, went in zip(created, closed, strict=True):
        balance += came - went
        still.append(balance)
    names = tuple(str(i) for i in range(len(created)))
    return Movement(names, 0, tuple(created), tuple(closed), tuple(still), sum(created), sum(closed), 0)


def test_the_json_has_the_shape_that_others_rely_on(office: Office) -> None:
    office.receive()
    told = reports.as_json(computed(office))
    assert told["figure1"] | {"created": [1]} == told["figure1"]
    assert {"months", "created", "closed", "open"} <= told["figure1"].keys()  # type: ignore[union-attr]
    assert told["figure2"][-1] == {"source": "Ikke angivet", "count": 1, "share": 100}  # type: ignore[index,call-overload]


def test_a_distribution_without_anything() -> None:
    assert distribution([]).total == 0


CHANGES: list[tuple[str, str, str]] = [
    ("sagstype: ansoegning", "sagstype: anden", "Der er ingen sagstype anden"),
    ("roller: [modtager]\n    mile", "roller: [ukendt]\n    mile", "Rollen ukendt"),
    ("element: behandl, ved", "element: findes_ikke, ved", "findes_ikke findes ikke i noget diagram"),
    ("begyndt: {titel", "oprettet: {titel", "Vælg et andet navn"),
    ("med: afgjort}", "med: tabt}", "Der er ingen milepæl tabt"),
    ("slut: [slut]", "slut: [intet]", "Slutningen intet findes ikke"),
    ("proces: ansoegning, slut", "proces: anden, slut", "Processen anden findes ikke"),
    ("ved: start", "ved: midten", "Ugyldigt felt"),
    ("maal: aarstakt", "maal: ukendt", "Ugyldigt felt"),
]


@pytest.mark.parametrize(("before", "after", "message"), CHANGES, ids=[message for *_, message in CHANGES])
def test_a_manifest_that_counts_what_is_not_there_is_refused(
    office: Office, before: str, after: str, message: str
) -> None:
    from service.usecases import deployments
    from tests.usecases.office import files

    changed = [
        replace(r, content=r.content.replace(before.encode(), after.encode()))
        if r.path.endswith("procedure.yaml")
        else r
        for r in files()
    ]
    assert [r.content for r in changed] != [r.content for r in files()]
    findings = deployments.check(office.world.platform, changed)
    assert {f.error for f in findings if message in f.message} == {"noget diagram" not in message}
