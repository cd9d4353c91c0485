"""The demo: the procedures of a checkout, their synthetic staff, and courses that have been under way for some time."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from service.config import Settings
from service.domain.clock import LOCAL_ZONE
from service.domain.errors import BadInput
from service.domain.storage import UnitOfWork
from service.domain.views import InstanceQuery
from service.store import Sealer
from service.testing import files
from service.testing.acts import ACTS
from service.testing.course import Course
from service.testing.world import DEMO_PASSWORD, World
from service.usecases import people
from service.usecases.platform import Platform

LONGEST_AGO = timedelta(days=400)
"""When the demo's procedures were put into operation; no course begins before."""
PLACEHOLDER = re.compile(r"\{(\w+)\}")
DAY = re.compile(r"dag([+-]\d+)")


def prepare(platform: Platform, sealer: Sealer, settings: Settings) -> Iterator[str]:
    """Fill an empty database with the demo; an existing one only gets what has changed in the files.

    Yields lines for the screen: what was made, and the log-ins.
    """
    root = settings.procedures
    now = platform.clock.now()
    fresh = platform.read(_is_empty)
    with World(now - LONGEST_AGO if fresh else now, url=settings.url, sealer=sealer) as world:
        world.deploy_folder(root)
        people.put_api_account(world.platform, "demo-api", DEMO_PASSWORD)
        if fresh:
            courses = [c for path in sorted(root.glob("processes/*/demo.yaml")) for c in _courses(path)]
            _play(world, now, courses)
            yield f"{len(courses)} sager er i gang."
    yield "Log ind med adgangskoden »demo«:"
    for group in files.staff_of(root):
        for person in group.personer:
            yield f"  {person.brugernavn:<22} {person.titel or ', '.join(person.roller)}"
    yield f"  {'demo-api':<22} REST-kald (Basic)"


def _is_empty(uow: UnitOfWork) -> bool:
    return not uow.people.all()


@dataclass(frozen=True, slots=True)
class Planned:
    """A course of the demo: when it began (days ago), and its acts by the day on which each happens."""

    days_ago: int
    acts: tuple[tuple[int, Mapping[str, Any]], ...]


def _courses(path: Path) -> list[Planned]:
    """A demo file: `vej` is the way every course goes, a list of named steps with a day and acts; each of `forløb` goes it
    as far as `til`, and then does `derefter`. `{navn}` in an act is the course's own value, `dag-3` a date.
    """
    data = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    way = data.get("vej") or []
    names = [step["navn"] for step in way]
    planned = []
    for entry in data.get("forløb") or []:
        if entry["til"] not in names:
            raise BadInput(why=f"{path}: trinnet {entry['til']} findes ikke; kendte: {', '.join(names)}")
        steps = [*way[: names.index(entry["til"]) + 1], *entry.get("derefter", [])]
        values = {name: str(value) for name, value in entry.items() if isinstance(value, str | int)}
        acts = [(int(step["dag"]), _filled(act, values)) for step in steps for act in step["gør"]]
        planned.append(Planned(int(entry["dage_siden"]), tuple(acts)))
    return planned


def _filled(value: Any, values: Mapping[str, str]) -> Any:
    if isinstance(value, Mapping):
        return {key: _filled(v, values) for key, v in value.items()}
    if isinstance(value, list):
        return [_filled(v, values) for v in value]
    if isinstance(value, str):
        return PLACEHOLDER.sub(lambda match: values[match[1]], value)
    return value


def _play(world: World, now: datetime, courses: list[Planned]) -> None:
    """Let all courses happen side by side, act by act in order of time, each in the morning of its day."""
    mine: list[set[int]] = [set() for _ in courses]
    today = now.astimezone(LOCAL_ZONE).date()
    acts = [
        (today - timedelta(days=course.days_ago - day), number, body)
        for number, course in enumerate(courses)
        for day, body in course.acts
    ]
    for day, number, body in sorted(acts, key=lambda act: act[:2]):
        if day > today:
            break
        at = datetime(day.year, day.month, day.day, 9, tzinfo=LOCAL_ZONE) + timedelta(minutes=number)
        world.move_to(min(max(at, world.clock.now()), now))
        before = _roots(world)
        _do(Course(world, {}, mine[number]), _dated(body, day))
        world.settle()
        mine[number] |= _roots(world) - before
    world.move_to(now)


def _do(course: Course, body: Mapping[str, Any]) -> None:
    verb = next((v for v in ACTS if v in body), None)
    if verb is None:
        raise BadInput(why=f"ukendt handling i demoen: {dict(body)}")
    ACTS[verb][0](course, body)


def _dated(value: Any, day: date) -> Any:
    """`dag-3` → three days before the act's own day."""
    if isinstance(value, Mapping):
        return {key: _dated(v, day) for key, v in value.items()}
    if isinstance(value, list):
        return [_dated(v, day) for v in value]
    found = DAY.fullmatch(value) if isinstance(value, str) else None
    return (day + timedelta(days=int(found[1]))).isoformat() if found else value


def _roots(world: World) -> set[int]:
    rows = world.platform.read(lambda uow: uow.queries.instances(InstanceQuery(state="alle", limit=1000))).rows
    return {row.key for row in rows}
