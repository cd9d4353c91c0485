"""Every string that pages show stands in the catalogue, and nothing else does."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from service.web import permissions, translations
from service.web.rendering import diagrams, times, words

WEB = Path(translations.__file__).parent.parent
IN_TEMPLATES = re.compile(r"""(?<![\w.])(_|ngettext)\(\s*("(?:[^"\\]|\\.)*")(?:\s*,\s*("(?:[^"\\]|\\.)*"))?""")


def said_in_templates() -> Iterator[str]:
    for path in WEB.rglob("*.html"):
        for function, first, second in IN_TEMPLATES.findall(path.read_text("utf-8")):
            yield ast.literal_eval(first)
            if function == "ngettext":
                yield ast.literal_eval(second)


def said_in_code() -> Iterator[str]:
    for path in WEB.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in ("_", "ngettext", "gettext")
            ):
                count = 2 if node.func.id == "ngettext" else 1
                yield from (
                    a.value for a in node.args[:count] if isinstance(a, ast.Constant) and isinstance(a.value, str)
                )


def said_from_tables() -> Iterator[str]:
    """Strings that are looked up in a table and translated where they are shown."""
    yield from (item.words for item in permissions.MENU)
    yield from times.WEEKDAYS
    yield from times.MONTHS
    yield from (text for _, text in diagrams.KEYS)
    for table in (
        words.ELEMENTS,
        words.HISTORY,
        words.INSTANCE_STATES,
        words.CHANNELS,
        words.JOB_STATES,
        words.READINGS,
        words.ASKED,
        words.CHANGED,
        words.WANTED,
    ):
        yield from table.values()
    for pair in words.INCIDENTS.values():
        yield from pair
    yield from (text for text, _ in words.DISPATCH_STATES.values())


def test_the_catalogue_holds_exactly_what_is_said() -> None:
    said = {*said_in_templates(), *said_in_code(), *said_from_tables()}
    known = set(translations.catalogue("en"))
    assert {"missing": sorted(said - known), "unused": sorted(known - said)} == {"missing": [], "unused": []}


def test_translations_fill_in_the_same_things() -> None:
    blanks = re.compile(r"\{(\w+)\}")
    odd = [d for d, e in translations.catalogue("en").items() if set(blanks.findall(d)) != set(blanks.findall(e))]
    assert odd == []


def test_an_unknown_language_is_danish() -> None:
    translations.use_language("fr")
    assert translations.language() == "da"
    assert translations.gettext("Opgaver") == "Opgaver"
    translations.use_language("en")
    assert translations.gettext("Opgaver") == "Tasks"
    assert translations.ngettext("{n} fejl", "{n} fejl", 1200) == "1,200 fejl"
    translations.use_language("da")
