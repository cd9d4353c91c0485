"""Files of planned courses: what happens in each, day by day, and letting them all happen side by side in a world."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from service.domain.clock import LOCAL_ZONE
from service.domain.errors import BadInput, ForloebError
from service.domain.views import InstanceQuery
from service.domain.yaml_text import read_yaml
from service.testing.acts import read_act
from service.testing.course import Course
from service.testing.world import World

PLACEHOLDER = re.compile(r"\{(\w+)\}")
DAY = re.compile(r"dag([+-]\d+)(T\d\d:\d\d)?")


@dataclass(frozen=True, slots=True)
class Planned:
    """A course: when it begins, and its acts by the day (0, 1, 2 …) on which each happens."""

    begins: date
    acts: tuple[tuple[int, Mapping[str, Any]], ...]


def read_plans(path: Path, today: date) -> list[Planned]:
    """A file of courses: `vej` is the way every course goes, a list of named steps with a day and acts; each of `forløb`
    goes it as far as `til`, and then does `derefter`. It begins on its `dato`, or `dage_siden` days before today.
    `{navn}` in a day or an act is the course's own value, `dag-3` a date. Raises BadInput.
    """
    data = read_yaml(path.read_text(encoding="utf-8")) or {}
    try:
        return _planned(path, data, today)
    except (AttributeError, KeyError, TypeError, ValueError) as fault:
        raise BadInput(
            why=f"{path}: {fault}. »vej« er en liste af navn, dag og gør; »forløb« en liste af til, dage_siden og værdier"
        ) from fault


def _planned(path: Path, data: Mapping[str, Any], today: date) -> list[Planned]:
    way = data.get("vej") or []
    names = [step["navn"] for step in way]
    planned = []
    for entry in data.get("forløb") or []:
        if entry["til"] not in names:
            raise BadInput(why=f"{path}: trinnet {entry['til']} findes ikke; kendte: {', '.join(names)}")
        steps = [*way[: names.index(entry["til"]) + 1], *entry.get("derefter", [])]
        values = {name: str(value) for name, value in entry.items() if isinstance(value, str | int)}
        acts = [(int(_filled(step["dag"], values)), _filled(act, values)) for step in steps for act in step["gør"]]
        begins = entry["dato"] if "dato" in entry else today - timedelta(days=int(entry["dage_siden"]))
        planned.append(Planned(begins, tuple(acts)))
    return planned


def _filled(value: Any, values: Mapping[str, str]) -> Any:
    if isinstance(value, Mapping):
        return {key: _filled(v, values) for key, v in value.items()}
    if isinstance(value, list):
        return [_filled(v, values) for v in value]
    if isinstance(value, str):
        return PLACEHOLDER.sub(lambda match: values[match[1]], value)
    return value


def play(world: World, now: datetime, courses: Sequence[Planned]) -> None:
    """Let all courses happen until now, act by act in order of time, each in the morning of its day."""
    mine: list[set[int]] = [set() for _ in courses]
    today = now.astimezone(LOCAL_ZONE).date()
    acts = [
        (course.begins + timedelta(days=day), number, body)
        for number, course in enumerate(courses)
        for day, body in course.acts
    ]
    for day, number, body in sorted(acts, key=lambda act: act[:2]):
        if day > today:
            break
        at = datetime(day.year, day.month, day.day, 9, tzinfo=LOCAL_ZONE) + timedelta(minutes=number)
        world.move_to(min(max(at, world.clock.now()), now))
        before = _newest(world)
        act = _dated(body, day)
        try:
            read_act(act)(Course(world, {}, mine[number]))
        except ForloebError as fault:
            raise BadInput(why=f"{day} {act}: {fault} {getattr(fault, 'errors', '')}".rstrip()) from fault
        world.settle()
        mine[number] |= _newest(world) - before
    world.move_to(now)


def _dated(value: Any, day: date) -> Any:
    """`dag-3` → three days before the act's own day, `dag+3T10:00` → at ten o'clock three days after it."""
    if isinstance(value, Mapping):
        return {key: _dated(v, day) for key, v in value.items()}
    if isinstance(value, list):
        return [_dated(v, day) for v in value]
    found = DAY.fullmatch(value) if isinstance(value, str) else None
    return (day + timedelta(days=int(found[1]))).isoformat() + (found[2] or "") if found else value


def _newest(world: World) -> set[int]:
    """The newest root instances: more than one act can start."""
    rows = world.platform.read(lambda uow: uow.queries.instances(InstanceQuery(state="alle", limit=20))).rows
    return {row.key for row in rows}
