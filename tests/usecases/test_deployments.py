"""Deploying: all or nothing, one version per content, and what is under way stays where it is."""

from datetime import datetime
from functools import cache

import pytest

from service.domain.access import SYSTEM
from service.domain.clock import LOCAL_ZONE
from service.domain.definitions import ResourceKind
from service.domain.errors import DeploymentRefused
from service.usecases import deployments, enquiries, instances, messages, procedures
from service.usecases.bundle import Resource
from tests.engine import drawing as d
from tests.usecases.office import FORMS, MANIFEST, application, diagram, files, form
from tests.usecases.test_tasks import done_by


def one(name, *body, id_="P"):
    return Resource(f"processes/{name}/{id_}.bpmn", d.definitions(d.process(id_, *body)))


@cache
def simple(task="a", id_="P", start=""):
    return one("x", d.start("s", start), d.user(task), d.end(), d.chain("s", task, "e"), id_=id_)


def versions(office, id_="P", kind=ResourceKind.PROCESS):
    return [v.version for v in office.read(lambda uow: uow.definitions.versions(kind, id_))]


class TestVersions:
    def test_the_same_content_keeps_its_version(self, office):
        first = office.world.deploy([simple()])
        again = office.world.deploy([simple()])
        assert (again.versions, [v.version for v in again.unchanged]) == ((), [1])
        assert again.unchanged[0].key == first.versions[0].key
        assert versions(office) == [1]

    def test_another_content_is_the_next_version_and_going_back_is_one_more(self, office):
        for resource in (simple("a"), simple("b"), simple("a")):
            office.world.deploy([resource])
        assert versions(office) == [3, 2, 1]

    def test_only_what_has_changed_gets_a_new_version(self, office):
        changed = form("nyt", {"key": "hvad"}, {"key": "hvorfor"})
        done = office.world.deploy([*files()[:-1], changed])
        assert [(v.kind, v.id, v.version) for v in done.versions] == [(ResourceKind.FORM, "nyt", 2)]
        assert len(done.unchanged) == len(files()) - 1

    def test_who_when_and_why_is_told(self, office):
        deployments.deploy(office.world.platform, office.person("dan"), [simple()], "Ny arbejdsgang")
        page = procedures.look(office.world.platform, office.person("dan"), "P")
        [(version, by, comment, running)] = page.versions
        assert (version.version, by, comment, running) == (1, "dan", "Ny arbejdsgang", 0)

    def test_running_ones_stay_and_the_next_follows(self, office):
        old = office.receive()
        office.world.deploy([diagram(application(job=d.user("send", name="Send brev")))])
        new = office.receive()
        done_by(office, "nina", office.task(old))
        done_by(office, "nina", office.task(new))
        assert office.case(old).closed_at is not None
        assert office.open_tasks(new) == ["send"]
        assert [office.instance(c).definition_version for c in (old, new)] == [1, 2]

    def test_a_changed_form_is_used_at_once_and_old_submissions_keep_theirs(self, office):
        case = office.receive()
        office.world.deploy([form("behandl", {"key": "svar"}, {"key": "gebyr", "validate": {"required": True}})])
        with pytest.raises(Exception, match="fejl i skemaet"):
            done_by(office, "nina", office.task(office.receive()))
        [kept] = office.read(lambda uow: uow.cases.records(case.key, "modtag"))
        assert office.read(lambda uow: uow.definitions.get(kept.form_key)).version == 1


class TestRefusals:
    WRONG = "=hvis svar"

    def refused(self, office, *resources):
        with pytest.raises(DeploymentRefused) as refusal:
            office.world.deploy(list(resources))
        return refusal.value

    def test_nothing_is_deployed_by_halves(self, office):
        flow = d.flow("gw", "e", self.WRONG) + d.flow("gw", "e2", "=true")
        broken = one("y", d.start(), d.gate("exclusive", "gw"), flow, d.end(), d.end("e2"), d.chain("s", "gw"), id_="Q")
        before = office.read(lambda uow: uow.definitions.stamp())
        self.refused(office, simple("ny"), *FORMS, broken)
        assert office.read(lambda uow: uow.definitions.stamp()) == before
        assert (versions(office), versions(office, "Q")) == ([], [])

    def test_a_finding_names_file_element_line_and_what_to_do(self, office):
        task = d.user("spoerg", '<zeebe:formDefinition formId="findes-ikke"/>')
        refusal = self.refused(office, one("x", d.start(), task, d.end(), d.chain("s", "spoerg", "e")))
        [finding] = refusal.findings
        assert (finding.file, finding.element_id) == ("processes/x/P.bpmn", "spoerg")
        assert "Læg filen forms/<mappe>/findes-ikke.form ved" in finding.message
        assert "processes/x/P.bpmn [spoerg]: Formularen findes-ikke findes ikke" in str(refusal)

    @pytest.mark.parametrize(
        ("resource", "said"),
        [
            (Resource("x.bpmn", b"<ikke xml"), "XML"),
            (Resource("x.bpmn", b"\xff\xfe\x00"), "XML"),
            (Resource("x.form", b"{"), "JSON"),
            (Resource("x.dmn", b"<a/>"), "DMN"),
            (Resource("processes/x/procedure.yaml", b"titel: [1"), "YAML"),
            (Resource("processes/x/procedure.yaml", b"tittel: x"), "titel"),
            (Resource("processes/kalender.yaml", b"faste_lukkedage: {'31-12': x}"), "MM-DD"),
            (Resource("notater.txt", b"hej"), "Kendte filer"),
            (Resource("x.bpmn", b" " * 5_000_001), "større end 5 MB"),
            (Resource("processes/x/skabeloner/brev.html", b"{% if %}"), "brev"),
        ],
    )
    def test_files_that_are_not_what_they_should_be(self, office, resource, said):
        assert said in str(self.refused(office, resource))

    def test_every_finding_at_once(self, office):
        task = d.user("spoerg", '<zeebe:formDefinition formId="findes-ikke"/>')
        other = one(
            "y", d.start(), d.decision("afgoer", "bd_intet", "r"), d.end(), d.chain("s", "afgoer", "e"), id_="Q"
        )
        first = one("x", d.start(), task, d.end(), d.chain("s", "spoerg", "e"))
        assert {f.element_id for f in self.refused(office, first, other).findings} == {"spoerg", "afgoer"}

    def test_the_manifest_must_fit_its_files(self, office):
        wrong = MANIFEST.replace("proces: ansoegning\n", "proces: findes-ikke\n").replace(
            "notat: notat", "notat: mangler"
        )
        said = str(self.refused(office, Resource("processes/office/procedure.yaml", wrong.encode()), *FORMS))
        assert "[sagstyper.ansoegning]: Processen findes-ikke findes ikke" in said
        assert "har ikke feltet mangler" in said
        unreadable = MANIFEST + "  nyt: {vises: Nyt, resume: '=if x'}\n"
        said = str(self.refused(office, Resource("processes/office/procedure.yaml", unreadable.encode()), *FORMS))
        assert "[formularer.nyt.resume]: Udtrykket kan ikke læses" in said

    def test_two_files_may_not_hold_the_same(self, office):
        again = Resource("processes/x/andet.bpmn", simple("b").content)
        assert "Flere filer indeholder processen P" in str(self.refused(office, simple("a"), again))

    def test_a_warning_does_not_stop_it(self, office):
        calling = one("x", d.start(), d.call("kald", "senere"), d.end(), d.chain("s", "kald", "e"))
        done = office.world.deploy([calling])
        assert [w.element_id for w in done.warnings] == ["kald"]
        assert deployments.check(office.world.platform, [calling]) == list(done.warnings)


class TestStarts:
    def test_the_newest_version_alone_takes_messages(self, office):
        platform = office.world.platform
        office.world.deploy([simple("gammel", start=d.message("m1"))])
        office.world.deploy([simple("ny", start=d.message("m1"))])
        [key] = messages.publish(platform, SYSTEM, "m1", "", {}).started
        assert [t.element_id for t in office.read(lambda uow: uow.tasks.open_of(key))] == ["ny"]
        office.world.deploy([simple("uden", start="")])
        assert messages.publish(platform, SYSTEM, "m1", "", {}).started == ()

    def test_the_newest_version_alone_follows_the_clock(self, office):
        every = d.timer("R/P1D", "timeCycle")
        office.world.deploy([simple("gammel", start=every)])
        office.world.deploy([simple("ny", start=every)])
        office.world.move_to(datetime(2026, 3, 4, 10, tzinfo=LOCAL_ZONE))
        started = office.read(lambda uow: uow.queries.element_counts("P"))
        assert (started.get("ny"), started.get("gammel")) == (2, None)

    def test_messages_from_before_start_nothing(self, office):
        platform = office.world.platform
        messages.publish(platform, SYSTEM, "m1", "k", {}, ttl_ms=60_000)
        office.world.deploy([simple("ny", start=d.message("m1"))])
        assert office.read(lambda uow: uow.queries.element_counts("P")) == {}

    def test_an_enquiry_whose_process_begins_otherwise_is_told(self, office):
        other = d.user("noget_andet") + d.user("modtag", '<zeebe:formDefinition formId="modtag"/>')
        body = (d.start(), other, d.end(), d.chain("s", "noget_andet", "modtag", "e"))
        office.world.deploy([diagram(d.definitions(d.process("ansoegning", *body)))])
        values = {"cpr": "0107805513", "navn": "Anna", "team": "nord"}
        with pytest.raises(Exception, match="begynder ikke med opgaven modtag"):
            enquiries.submit_with(office.world.platform, office.person("marie"), "office", values)
        assert office.cases() == []


class TestCalendar:
    def test_open_deadlines_are_counted_again_on_a_new_one(self, office):
        case = office.receive()
        before = office.task(case).due
        closed = Resource("processes/kalender.yaml", b"lukkedage: {2026-03-03: Flytning}")
        office.world.deploy([closed])
        office.world.settle()
        assert (office.task(case).due - before).days == 1
        [deadline] = office.read(lambda uow: uow.deadlines.of(case.key))
        assert deadline.due == office.task(case).due
        assert [(s.day.isoformat(), s.why) for s in deadline.counts[-1].skipped] == [("2026-03-03", "Flytning")]

    def test_met_ones_stay_as_they_were(self, office):
        case = office.receive()
        done_by(office, "nina", office.task(case))
        [before] = office.read(lambda uow: uow.deadlines.of(case.key))
        office.world.deploy([Resource("processes/kalender.yaml", b"lukkedage: {2026-03-03: Flytning}")])
        office.world.settle()
        assert office.read(lambda uow: uow.deadlines.of(case.key)) == [before]


class TestTheList:
    def test_groups_by_folder_with_what_runs(self, office):
        office.receive()
        office.world.deploy([simple()])
        groups = {g.folder: g for g in procedures.listed(office.world.platform)}
        assert [(v.id, n) for v, n in groups["office"].processes] == [("ansoegning", 1)]
        assert (len(groups["office"].forms), groups["x"].manifest.titel) == (3, "x")

    def test_an_older_version_can_be_looked_at_and_fetched(self, office):
        office.world.deploy([simple("a")])
        office.world.deploy([simple("b")])
        platform, dan = office.world.platform, office.person("dan")
        assert procedures.look(platform, dan, "P", 1).newest is False
        assert procedures.diagram(platform, "P", 1) == simple("a").content
        with pytest.raises(Exception, match="version 3"):
            procedures.diagram(platform, "P", 3)

    def test_who_may_start_by_hand(self, office):
        platform = office.world.platform
        case = max([office.receive()], key=lambda c: c.key)
        assert procedures.start(platform, office.person("lone"), "ansoegning") is not None
        for name in ("nina", "per", "dan"):
            with pytest.raises(Exception, match="kan ikke starte"):
                procedures.start(platform, office.person(name), "ansoegning")
        assert instances.variables_of(platform, case.instance_key)[case.instance_key]["team"] == "nord"
