"""The interface in two languages. Source strings are Danish; `en.json` holds their English.

`gettext` uses the language of the request that is being answered. A string without a translation is shown in Danish; a
test finds every such string, and every translation that no string uses.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextvars import ContextVar
from functools import cache
from pathlib import Path

LANGUAGES: Mapping[str, str] = {"da": "Dansk", "en": "English"}
DEFAULT = "da"

_language: ContextVar[str] = ContextVar("language", default=DEFAULT)


def use_language(language: str) -> None:
    """Speak this language until further notice in this request; an unknown one is Danish."""
    _language.set(language if language in LANGUAGES else DEFAULT)


def language() -> str:
    """The language in use, `da` or `en`."""
    return _language.get()


def gettext(text: str) -> str:
    """The text in the language in use."""
    spoken = _language.get()
    return text if spoken == DEFAULT else catalogue(spoken).get(text, text)


def ngettext(one: str, many: str, count: int) -> str:
    """`one` for exactly 1, else `many`, translated and with `{n}` filled in (thousands with a dot)."""
    grouped = f"{count:,}".replace(",", "." if _language.get() == DEFAULT else ",")
    return gettext(one if count == 1 else many).format(n=grouped)


@cache
def catalogue(spoken: str) -> Mapping[str, str]:
    """Danish → that language."""
    found: dict[str, str] = json.loads((Path(__file__).parent / f"{spoken}.json").read_text("utf-8"))
    return found
