"""The `forloeb` command, run as from a shell: what it prints, and how it ends."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from service import config
from service.cli import cli
from tests.dmn.test_tck import CASES, MODEL
from tests.engine import drawing as d
from tests.usecases.office import STAFF, files

STRONG = "et langt kodeord"
SCENARIO = """
- navn: Modtaget
  trin:
    - når: {{henvendelse: office, som: marie, med: {{cpr: "0107805513", navn: Anna Test Dal, team: nord}}}}
    - så: {{krav: [{krav}], åbne: [{open}]}}
"""


class Shell:
    """A folder with procedures and an installation of its own."""

    def __init__(self, root: Path) -> None:
        self.root, self.data = root, root / "var"
        for resource in files():
            self.write(resource.path, resource.content)
        self.write("processes/office/personer.yaml", STAFF)

    def write(self, path: str, content: bytes | str) -> Path:
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content.encode() if isinstance(content, str) else content)
        return target

    @property
    def environment(self) -> dict[str, str]:
        foreign = {name: "" for name in os.environ if name.startswith("FORLOEB_") and name not in config.FOREIGN}
        return {**foreign, "FORLOEB_DATA": str(self.data)}

    def __call__(self, *arguments: object, sent: str | None = None) -> Result:
        return CliRunner().invoke(cli, [str(a) for a in arguments], env=self.environment, input=sent)

    def really(self, *arguments: object) -> subprocess.CompletedProcess[str]:
        """In a process of its own, with what `main` adds."""
        program = [sys.executable, "-c", "from service.cli import main; main()", *map(str, arguments)]
        environment = {**os.environ, **self.environment}
        return subprocess.run(program, env=environment, capture_output=True, text=True, check=False, cwd=config.ROOT)


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path)


@pytest.fixture
def installed(shell: Shell) -> Shell:
    assert shell("db", "upgrade").output == "Databasen er ajour.\n"
    assert shell("deploy", shell.root / "processes", shell.root / "forms").exit_code == 0
    return shell


def broken(shell: Shell) -> Path:
    task = d.user("spoerg", '<zeebe:formDefinition formId="findes-ikke"/>')
    content = d.definitions(d.process("P", d.start(), task, d.end(), d.chain("s", "spoerg", "e")))
    return shell.write("processes/x/P.bpmn", content)


class TestCheck:
    def test_all_well(self, shell: Shell) -> None:
        done = shell("check", "--strict", shell.root / "processes", shell.root / "forms")
        assert (done.output, done.exit_code) == ("0 fejl, 0 advarsler\n", 0)

    def test_a_fault_names_file_element_and_remedy(self, shell: Shell) -> None:
        path = broken(shell)
        done = shell("check", path)
        assert done.exit_code == 1
        assert done.output.startswith(f"fejl: {path} [spoerg]: Formularen findes-ikke findes ikke. Læg filen")
        assert done.output.endswith("1 fejl, 0 advarsler\n")

    def test_strict_makes_warnings_faults(self, shell: Shell) -> None:
        call = d.process("Q", d.start(), d.call("kald", "senere"), d.end(), d.chain("s", "kald", "e"))
        path = shell.write("processes/y/Q.bpmn", d.definitions(call))
        assert shell("check", path).exit_code == 0
        assert shell("check", "--strict", path).exit_code == 1

    def test_nothing_to_check_is_told(self, shell: Shell, tmp_path: Path) -> None:
        (tmp_path / "tom").mkdir()
        done = shell.really("check", tmp_path / "tom")
        assert (done.returncode, done.stderr) == (2, "Der er ingen filer at sætte i drift på de stier.\n")


class TestDeploy:
    def test_versions_are_told_and_the_same_again_is_unchanged(self, installed: Shell) -> None:
        again = installed("deploy", installed.root / "processes", installed.root / "forms")
        assert "process ansoegning: uændret, version 1\n" in again.output
        assert "form behandl: uændret, version 1\n" in again.output

    def test_a_refusal_ends_with_2_and_every_finding_and_no_traceback(self, installed: Shell) -> None:
        done = installed.really("deploy", broken(installed))
        assert done.returncode == 2
        assert done.stderr.startswith("Filerne kan ikke sættes i drift:\n")
        assert "[spoerg]: Formularen findes-ikke findes ikke" in done.stderr
        assert "Traceback" not in done.stderr

    def test_a_setting_that_means_nothing_is_told_before_anything(self, shell: Shell) -> None:
        program = [sys.executable, "-c", "from service.cli import main; main()", "doctor"]
        environment = {**os.environ, **shell.environment, "FORLOEB_PROT": "1"}
        done = subprocess.run(program, env=environment, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr.startswith("FORLOEB_PROT is not a setting")) == (2, True)

    def test_without_a_database_it_says_how_to_get_one(self, shell: Shell) -> None:
        done = shell.really("deploy", shell.root / "processes", shell.root / "forms")
        assert done.returncode == 2
        assert "forloeb db upgrade" in done.stderr


class TestScenarios:
    def test_passed_and_failed_are_counted_and_a_failure_says_what_was_seen(self, shell: Shell) -> None:
        shell.write("processes/office/scenarier/a.yaml", SCENARIO.format(krav="K-1", open="behandl"))
        shell.write("processes/office/scenarier/b.yaml", SCENARIO.format(krav="K-2", open="modtag"))
        done = shell("scenario", "--root", shell.root)
        assert done.exit_code == 1
        lines = done.output.splitlines()
        assert lines[0] == "ok   processes/office/scenarier/a.yaml#Modtaget"
        assert "åbne opgaver: ventede ['modtag'], så ['behandl']" in lines[2]
        assert lines[-1] == "1 passed, 1 failed"

    def test_the_trace_counts_only_what_passed(self, shell: Shell) -> None:
        shell.write("processes/office/scenarier/a.yaml", SCENARIO.format(krav="K-1", open="behandl"))
        shell.write("processes/office/scenarier/b.yaml", SCENARIO.format(krav="K-2", open="modtag"))
        shell.write(
            "processes/krav.yaml", "K-1: Modtages\nK-2: Tildeles\nK-3: {tekst: Huskes, grund: Kun et menneske}\n"
        )
        table = json.loads(shell("trace", "--json", "--root", shell.root).output)
        assert table == {
            "K-1": {"scenarios": ["processes/office/scenarier/a.yaml#Modtaget"], "reason": None},
            "K-2": {"scenarios": [], "reason": None},
            "K-3": {"scenarios": [], "reason": "Kun et menneske"},
        }
        told = shell("trace", "--root", shell.root).output
        assert "K-2      MANGLER" in told
        assert told.endswith("1 bevist, 1 undtaget med grund, 1 mangler\n")


class TestLanguages:
    @pytest.mark.parametrize(
        ("expression", "value"),
        [
            ("=a + 1", "3"),
            ("a.b", "null"),
            ('date("2026-03-02") + duration("P1D")', '"2026-03-03"'),
            ("-1", "-1"),
            ("mit navn.den by - a-b", "1"),
        ],
    )
    def test_feel(self, shell: Shell, expression: str, value: str) -> None:
        done = shell("feel", expression, "--context", '{"a": 2, "mit navn": {"den by": 5}, "a-b": 4}')
        assert (done.stdout, done.exit_code) == (f"{value}\n", 0)

    def test_feel_says_what_is_wrong(self, shell: Shell) -> None:
        assert shell("feel", "1 +").exit_code == 1
        assert "--context er ikke gyldig JSON" in shell("feel", "1", "--context", "{").output
        assert "JSON-objekt" in shell("feel", "1", "--context", "[]").output
        assert "en funktion kan ikke gemmes" in shell("feel", "function(x) x").output
        assert "er for stort" in shell("feel", "10 ** 400").output

    def test_a_decision(self, shell: Shell) -> None:
        path = shell.write("m.dmn", MODEL)
        assert shell("dmn", path, "--decision", "d", "--context", '{"n": 4}').stdout == "8\n"
        assert shell("dmn", path, "--context", '{"n": 4}').stdout == "8\n"
        assert "Kendte: d" in shell("dmn", path, "--decision", "x").output
        assert "is a directory" in shell("dmn", shell.root).output

    def test_a_decision_tells_what_its_inputs_lack(self, shell: Shell) -> None:
        path = shell.write(
            "m.dmn", MODEL.replace('name="n"/>', 'name="n"><variable name="n" typeRef="number"/></inputData>', 1)
        )
        assert shell("dmn", path).output.startswith("advarsel: inddata 'n' mangler\n")
        assert shell("dmn", path, "--context", '{"n": "x"}').output.startswith("advarsel: inddata 'n' er ikke tal\n")

    def test_a_service_and_a_knowledge_model(self, shell: Shell) -> None:
        more = (
            '<decisionService id="s" name="s"><variable name="s"/><outputDecision href="#d"/><inputData href="#i"/></decisionService>'
            '<businessKnowledgeModel id="b" name="b"><variable name="b"/><encapsulatedLogic><formalParameter name="x"/>'
            "<literalExpression><text>x * 3</text></literalExpression></encapsulatedLogic></businessKnowledgeModel></definitions>"
        )
        path = shell.write("m.dmn", MODEL.replace("</definitions>", more))
        assert shell("dmn", path, "--decision", "s", "--context", '{"n": 4}').stdout == "8\n"
        assert shell("dmn", path, "--decision", "b", "--context", '{"x": 4}').stdout == "12\n"

    def test_a_decision_that_needs_another_file(self, shell: Shell) -> None:
        shell.write("m.dmn", MODEL)
        needs = '<informationRequirement><requiredDecision href="n#d"/></informationRequirement>'
        importing = MODEL.replace(
            'namespace="n">', 'namespace="p"><import name="m" namespace="n" importType="DMN/spec/DMN"/>'
        )
        importing = importing.replace(
            '<informationRequirement><requiredInput href="#i"/></informationRequirement>', needs
        )
        path = shell.write("p.dmn", importing.replace("n * 2", "m.d + 1"))
        assert shell("dmn", path, "--decision", "d", "--context", '{"n": 4}').stdout == "9\n"

    def test_the_conformance_report_ends_with_its_sum(self, shell: Shell) -> None:
        shell.write("tck/m/m.dmn", MODEL)
        shell.write("tck/m/m-test-01.xml", CASES)
        done = shell("tck", shell.root / "tck")
        assert (done.output.splitlines()[-1], done.exit_code) == ("1 passed, 1 failed", 1)
        (shell.root / "tom").mkdir()
        empty = shell("tck", shell.root / "tom")
        assert ("Der er ingen prøver" in empty.output, empty.exit_code) == (True, 1)


class TestPeople:
    def test_made_listed_given_a_password_and_closed(self, installed: Shell) -> None:
        twice = f"{STRONG}\n{STRONG}\n"
        made = installed("user", "add", "eva", "--name", "Eva Test Lund", "--role", "partner", sent=twice)
        assert made.output.endswith("Brugeren eva er oprettet.\n")
        assert installed("user", "password", "eva", sent=twice).exit_code == 0
        assert installed("user", "close", "eva").output == "Brugeren eva er lukket.\n"
        assert installed("user", "list").output.split() == ["eva", "Eva", "Test", "Lund", "(lukket)", "partner"]

    def test_a_weak_password_is_refused(self, installed: Shell) -> None:
        done = installed("user", "add", "eva", "--name", "Eva Test", sent="kort\nkort\n")
        assert "mindst 12 tegn" in str(done.exception)


class TestOperation:
    def test_the_doctor_says_what_is_well_and_what_is_not(self, installed: Shell) -> None:
        done = installed("doctor")
        assert "ok   Databasen svarer" in done.output
        assert "FEJL Brugere: 0 – opret en med forloeb user add" in done.output
        assert done.exit_code == 1
        installed("user", "add", "eva", "--name", "Eva", "--role", "drift", sent=f"{STRONG}\n{STRONG}\n")
        (installed.data / "secrets" / "master.key").chmod(0o644)
        open_to_all = installed("doctor")
        assert "chmod 600" in open_to_all.output
        assert (open_to_all.output.startswith("FEJL Hovednøglens fil"), open_to_all.exit_code) == (True, 1)
        (installed.data / "secrets" / "master.key").chmod(0o600)
        assert installed("doctor").exit_code == 0

    def test_a_tampered_history_is_found(self, installed: Shell) -> None:
        started = d.process("M", d.start("s", d.message("m1")), d.user("a"), d.end(), d.chain("s", "a", "e"))
        assert installed("deploy", installed.write("processes/z/M.bpmn", d.definitions(started))).exit_code == 0
        assert installed("publish", "m1").output == "0 forløb nået, 1 startet\n"
        assert installed("audit", "verify").output == "1 forløb kontrolleret, 0 brudte\n"
        with sqlite3.connect(installed.data / "forloeb.sqlite3") as database:
            database.execute("UPDATE history SET actor = 'en anden'")
        done = installed("audit", "verify")
        assert done.exit_code == 1
        assert done.output.endswith("1 forløb kontrolleret, 1 brudte\n")

    def test_messages_from_the_shell(self, installed: Shell) -> None:
        assert "PT1H" in installed("publish", "m1", "--ttl", "en time").output
        assert installed("publish", "m1", "--ttl", "PT1H", "--id", "1").output.endswith("gemt til senere\n")
        assert installed("publish", "m1", "--ttl", "PT1H", "--id", "1").output.startswith("Beskeden er modtaget før")


YEAR = """
rapport: ansoegninger
periode: {fra: 2014-04-01, til: 2014-05-15}
vej:
  - navn: modtaget
    dag: 0
    gør:
      - {henvendelse: office, som: marie, med: {cpr: "{cpr}", navn: "{navn}", team: nord}}
forløb:
  - {dato: 2014-04-07, til: modtaget, cpr: "0107805513", navn: Anna Test Dal}
  - {dato: 2014-05-05, til: modtaget, cpr: "0107924427", navn: Bo Test Lind}
  - {dato: 2014-05-16, til: modtaget, cpr: "2411698846", navn: Kaj Test Myre}
"""


class TestReport:
    def test_figures_of_the_installation(self, installed: Shell) -> None:
        done = installed("report", "figures", "--from", "2026-01-01", "--to", "2026-02-28", "--json")
        assert json.loads(done.output)["figure1"]["months"] == ["Jan", "Feb"]
        assert json.loads(done.output)["figure1"]["open"] == [0, 0]
        assert "Oprettet" in installed("report", "figures", "--public").output

    def test_a_replayed_year(self, shell: Shell) -> None:
        shell.write("processes/office/demo-2014.yaml", YEAR)
        done = shell("report", "figures", "--demo-2014", "--root", shell.root, "--json")
        told = json.loads(done.output)
        assert told["figure1"]["months"] == ["Apr", "Medio maj"]
        assert (told["figure1"]["created"], told["figure1"]["open"]) == ([1, 1], [1, 2])
        assert told["figure2"][-1] == {"source": "Ikke angivet", "count": 2, "share": 100}
        lines = shell("report", "figures", "--demo-2014", "--root", shell.root).output.splitlines()
        assert lines[2].split() == ["Oprettet", "1", "1", "2"]

    def test_what_does_not_fit_is_refused_with_why(self, shell: Shell, installed: Shell) -> None:
        assert "én demo-2014.yaml" in shell("report", "figures", "--demo-2014", "--root", shell.root).output
        shell.write("processes/office/demo-2014.yaml", YEAR)
        both = shell("report", "figures", "--demo-2014", "--root", shell.root, "--to", "2014-05-01")
        assert (both.exit_code, "sin egen periode" in both.output) == (1, True)
        assert "andet" in str(installed("report", "figures", "--report", "andet").exception)


def test_every_command_is_described_in_readme() -> None:
    readme = (config.ROOT / "README.md").read_text("utf-8")
    missing = [name for name in cli.commands if f"forloeb {name}" not in readme]
    assert missing == []
    assert all(command.help for command in cli.commands.values())
