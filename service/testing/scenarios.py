"""Scenarios: a procedure told as given/when/then in YAML with Danish keys, run through the real verbs.

A `så` step may name the requirements it proves (`krav`); they count when all that it asserts is true.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from service.domain.errors import BadInput, ForloebError
from service.domain.yaml_text import read_yaml
from service.testing import shapes
from service.testing.acts import read_act
from service.testing.asserts import ASSERTS
from service.testing.course import Course
from service.testing.world import World

DEPLOYED_AT = datetime(2000, 1, 1, tzinfo=UTC)
"""When the procedures of scenarios were put into operation: before any of them begins."""
WHEN = "2014-09-01T09:00"
"""When a scenario begins that does not say."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """One scenario of a file. `ref` is `file#name`, relative to the procedures' root."""

    ref: str
    name: str
    given: Mapping[str, Any]
    steps: tuple[Mapping[str, Any], ...]


@dataclass(slots=True)
class Outcome:
    """What came of one scenario. `proven` are the requirement ids of passing assertions."""

    scenario: Scenario
    failures: list[str] = field(default_factory=list)
    proven: set[str] = field(default_factory=set)

    @property
    def passed(self) -> bool:
        return not self.failures


def load_scenarios(root: Path, paths: list[Path] | None = None) -> list[Scenario]:
    """The scenarios of these files or folders (all under `root/processes` when none are named), in order of path.

    Raises BadInput naming file and fault.
    """
    found: list[Scenario] = []
    for path in _files(root, paths):
        name = (
            path.resolve().relative_to(root.resolve()).as_posix()
            if path.resolve().is_relative_to(root.resolve())
            else str(path)
        )
        try:
            data = read_yaml(path.read_text(encoding="utf-8"))
        except yaml.YAMLError as fault:
            raise BadInput(why=f"{name} er ikke gyldig YAML: {fault}") from fault
        for entry in data if isinstance(data, list) else [data]:
            found.append(_scenario(name, entry))
    return found


def _files(root: Path, paths: list[Path] | None) -> Iterator[Path]:
    for path in paths or [root / "processes"]:
        if path.is_dir():
            yield from sorted(p for p in path.rglob("*.yaml") if p.parent.name == "scenarier")
        elif path.is_file():
            yield path
        else:
            raise BadInput(why=f"Stien {path} findes ikke.")


def _scenario(file: str, entry: object) -> Scenario:
    if not isinstance(entry, Mapping) or not isinstance(entry.get("navn"), str):
        raise BadInput(why=f"{file}: hvert scenarie skal have et navn.")
    unknown = sorted(entry.keys() - {"navn", "givet", "trin", "beskrivelse"})
    steps = entry.get("trin")
    if unknown or not isinstance(steps, list) or not steps:
        raise BadInput(why=f"{file}, »{entry['navn']}«: {f'ukendt: {unknown}' if unknown else 'der mangler trin'}.")
    for number, step in enumerate(steps, 1):
        if not isinstance(step, Mapping) or len(step) != 1 or next(iter(step)) not in ("når", "så"):
            raise BadInput(why=f"{file}, »{entry['navn']}«, trin {number}: skriv enten »når:« eller »så:«.")
    given = entry.get("givet") or {}
    where = f"{file}, »{entry['navn']}«, givet"
    shapes.OBJECT.check(where, given)
    shapes.only(where, given, ["tid", "som", "sag"])
    shapes.CASE.check(f"{where}, sag", given.get("sag", {"type": "-"}))
    shapes.TIME.check(f"{where}, tid", given.get("tid", WHEN))
    return Scenario(f"{file}#{entry['navn']}", entry["navn"], given, tuple(steps))


def run_scenario(scenario: Scenario, like: World) -> Outcome:
    """Run one scenario in a world of its own that begins like this one. Stops at the first failing step."""
    outcome = Outcome(scenario)
    start = shapes.instant(scenario.given.get("tid", WHEN))
    with World(start, like=like) as world:
        world.let_clock_start(_folder(scenario))
        course = Course(world, scenario.given)
        if "sag" in scenario.given:
            course.open_case(scenario.given["sag"])
        for number, step in enumerate(scenario.steps, 1):
            ((kind, body),) = step.items()
            try:
                if kind == "når":
                    _act(course, body)
                else:
                    _assert(course, body, outcome)
            except ForloebError as fault:
                outcome.failures.append(f"trin {number} ({_short(body)}): {fault}")
            except AssertionError as fault:
                outcome.failures.append(f"trin {number}: {fault}")
            if outcome.failures:
                return outcome
        if course.refusal is not None:
            outcome.failures.append(f"det sidste trin blev afvist: {course.refusal}")
    return outcome


def _folder(scenario: Scenario) -> str:
    """The procedure that it tries: `processes/<mappe>/scenarier/…`; "" for a scenario from elsewhere."""
    parts = scenario.ref.partition("#")[0].split("/")
    return parts[-3] if len(parts) >= 3 and parts[-2] == "scenarier" else ""


def _act(course: Course, body: object) -> None:
    course.require_no_refusal()
    act = read_act(body)
    try:
        act(course)
    except ForloebError as refusal:
        course.refusal = refusal
    course.world.settle()


def _assert(course: Course, body: object, outcome: Outcome) -> None:
    shapes.OBJECT.check("så", body)
    assert isinstance(body, Mapping)
    shapes.only("så", body, ["krav", *ASSERTS])
    proves = body.get("krav", [])
    shapes.NAMES.check("krav", proves)
    asserted = [name for name in body if name != "krav"]
    if not asserted:
        raise BadInput(why="så: der skal stå mindst én ting, som skal passe")
    if "afvist" not in body:
        course.require_no_refusal()
    for name in asserted:
        check, shape = ASSERTS[name]
        shape.check(name, body[name])
        check(course, body[name])
    course.mark()
    outcome.proven.update([proves] if isinstance(proves, str) else proves)


def _short(body: object) -> str:
    text = str(body)
    return text if len(text) <= 120 else f"{text[:117]}…"


def run_all(root: Path, scenarios: Iterable[Scenario]) -> Iterator[Outcome]:
    """Run scenarios one after another, each with everything under `root` deployed and its staff on duty."""
    with World(DEPLOYED_AT) as prepared:
        prepared.deploy_folder(root)
        for scenario in scenarios:
            yield run_scenario(scenario, prepared)
