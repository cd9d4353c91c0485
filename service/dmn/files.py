"""DMN files on disk, each with the models it imports from beside or below it."""

from __future__ import annotations

from contextlib import suppress
from functools import cached_property
from pathlib import Path

from .decisions import DecisionModel, read_decisions
from .errors import DmnRefused
from .xmltree import children, read_tree


def load(path: Path, *, strict: bool = True) -> DecisionModel:
    """The model of a file. Raises DmnRefused, OSError; see `read_decisions` for `strict`."""
    return Loading(path.parent, strict=strict).model(path, ())


class Loading:
    """One file and what it imports, each read once. The folder is looked through when an import does not say where it is."""

    def __init__(self, folder: Path, *, strict: bool) -> None:
        self.folder = folder
        self.strict = strict
        self.known: dict[str, DecisionModel] = {}

    def model(self, path: Path, above: tuple[Path, ...]) -> DecisionModel:
        """The model of a file that those above it import."""
        imports: dict[str, DecisionModel] = {}
        for element in children(read_tree(path.read_bytes(), path.name), "import"):
            namespace = element.get("namespace") or ""
            located = path.parent / (element.get("locationURI") or "")
            wanted = located if located.is_file() else self.by_namespace.get(namespace)
            if wanted is None or wanted in (*above, path):
                continue  # the reader refuses a model whose import is missing
            if namespace not in self.known:
                self.known[namespace] = self.model(wanted, (*above, path))
            imports[namespace] = self.known[namespace]
        return read_decisions(path.read_bytes(), path.name, imports, strict=self.strict)

    @cached_property
    def by_namespace(self) -> dict[str, Path]:
        """The files that can be imported; those that cannot be read are left out."""
        found: dict[str, Path] = {}
        for path in sorted(self.folder.rglob("*.dmn")):
            with suppress(DmnRefused, OSError):
                found[read_tree(path.read_bytes(), path.name).get("namespace") or ""] = path
        return found
