"""The handbook: Danish chapters in Markdown under `help/`, one file each, in the order of their file names.

The chapter on expressions ends with the functions, written from their registry.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from markupsafe import Markup

from service.domain.errors import NotFound
from service.web.feel_reference import functions
from service.web.rendering.markdown import markdown

FOLDER = Path(__file__).parent / "help"


@dataclass(frozen=True, slots=True)
class Chapter:
    """`20-opgaver.md` → slug `opgaver`; its first heading is the title."""

    slug: str
    title: str
    text: str

    @property
    def lead(self) -> str:
        """Its first paragraph, when it begins with one; without marks for stress."""
        first = self.text.partition("\n\n")[0]
        return "" if first.startswith(("#", "-", "|", "1.")) else first.replace("*", "").replace("`", "")

    @property
    def html(self) -> Markup:
        return markdown(self.text)


@lru_cache(maxsize=1)
def chapters() -> tuple[Chapter, ...]:
    found = []
    for path in sorted(FOLDER.glob("*.md")):
        heading, _, text = path.read_text(encoding="utf-8").partition("\n")
        slug = path.stem.partition("-")[2]
        if slug == "udtryk":
            text = f"{text.strip()}\n\n{functions()}"
        found.append(Chapter(slug, heading.lstrip("# ").strip(), text.strip()))
    return tuple(found)


def chapter(slug: str) -> Chapter:
    """Raises NotFound."""
    for found in chapters():
        if found.slug == slug:
            return found
    raise NotFound(what="kapitlet i håndbogen")
