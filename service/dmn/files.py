"""DMN files on disk, each with the models it imports from beside or below it."""

from __future__ import annotations

from pathlib import Path

from .decisions import DecisionModel, read_decisions
from .errors import DmnRefused
from .xmltree import children, read_tree


def load(path: Path, *, strict: bool = True) -> DecisionModel:
    """The model of a file. Raises DmnRefused, OSError; see `read_decisions` for `strict`."""
    return _load(path, _by_namespace(path.parent), {}, (), strict=strict)


def _load(
    path: Path, files: dict[str, Path], known: dict[str, DecisionModel], above: tuple[Path, ...], *, strict: bool
) -> DecisionModel:
    imports: dict[str, DecisionModel] = {}
    for element in children(read_tree(path.read_bytes(), path.name), "import"):
        namespace = element.get("namespace") or ""
        located = path.parent / (element.get("locationURI") or "")
        wanted = located if located.is_file() else files.get(namespace)
        if wanted is None or wanted in (*above, path):
            continue  # the reader refuses a model whose import is missing
        if namespace not in known:
            known[namespace] = _load(wanted, files, known, (*above, path), strict=strict)
        imports[namespace] = known[namespace]
    return read_decisions(path.read_bytes(), path.name, imports, strict=strict)


def _by_namespace(folder: Path) -> dict[str, Path]:
    """The files that can be imported; those that are no DMN are left out."""
    found: dict[str, Path] = {}
    for path in sorted(folder.rglob("*.dmn")):
        try:
            found[read_tree(path.read_bytes(), path.name).get("namespace") or ""] = path
        except DmnRefused:
            continue
    return found
