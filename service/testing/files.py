"""Files of procedures on disk: what may be deployed, checked alone, and the staff that goes with them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from service.domain.errors import BadInput
from service.usecases import people
from service.usecases.bundle import Resource

DEPLOYABLE = (
    "processes/*/*.bpmn",
    "processes/*/*.dmn",
    "processes/*/procedure.yaml",
    "processes/*/registre.yaml",
    "processes/kalender.yaml",
    "processes/*/skabeloner/*.html",
    "forms/*/*.form",
)
SUFFIXES = frozenset({".bpmn", ".dmn", ".form"})
NAMES = frozenset({"procedure.yaml", "registre.yaml", "kalender.yaml"})


def of_root(root: Path) -> list[Resource]:
    """Every deployable file under `root/processes` and `root/forms`, sorted by path."""
    paths = sorted(p for pattern in DEPLOYABLE for p in root.glob(pattern))
    return [Resource(p.relative_to(root).as_posix(), p.read_bytes()) for p in paths]


def staff_of(root: Path) -> list[people.Staff]:
    """The staff lists that lie beside the procedures."""
    return [people.read_staff(p.read_bytes(), p.as_posix()) for p in sorted(root.glob("processes/*/personer.yaml"))]


def resources(paths: Iterable[Path]) -> list[Resource]:
    """Files named one by one, and every deployable file in folders. Raises BadInput when that is nothing."""
    found = [Resource(p.as_posix(), p.read_bytes()) for path in paths for p in _deployable(path)]
    if not found:
        raise BadInput(why="Der er ingen filer at sætte i drift på de stier.")
    return found


def _deployable(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
        return
    for file in sorted(p for p in path.rglob("*") if p.is_file()):
        letter = file.suffix == ".html" and file.parent.name == "skabeloner"
        if file.suffix in SUFFIXES or letter or file.name in NAMES:
            yield file
