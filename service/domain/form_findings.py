"""Takes values out of parsed JSON, and remembers in Danish what is not as it should be."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, TypeVar

from service.domain.definitions import Finding
from service.feel import BUILTINS, Expression, FeelSyntaxError, parse_expression

T = TypeVar("T")
KEY = re.compile(r"[A-Za-zÆØÅæøå_][A-Za-z0-9ÆØÅæøå_]*")
RESERVED = frozenset({"sag", "borger", "enhed", "ansvarlig", "skema", "opgave", "i_dag", "nu", "i"})
"""Names that mean something else in a form's expressions."""

_TYPE_NAMES: Mapping[Any, str] = {
    str: "en tekst",
    int: "et helt tal",
    bool: "true eller false",
    list: "en liste",
    dict: "et objekt",
}


class Findings:
    """Reads parts of one schema and collects what is wrong with them."""

    def __init__(self, text: str, file: str) -> None:
        self.file, self.findings = file, list[Finding]()
        self._lines = text.splitlines()

    def fault(self, where: str | None, message: str) -> None:
        self.findings.append(Finding(self.file, where, self._line_of(where), message))

    def _line_of(self, where: str | None) -> int | None:
        if where is None:
            return None
        needle = re.compile(rf'"(?:key|path|id)"\s*:\s*{re.escape(json.dumps(where, ensure_ascii=False))}')
        return next((number for number, line in enumerate(self._lines, 1) if needle.search(line)), None)

    def refuse_unknown(self, where: str | None, data: Mapping[str, Any], known: frozenset[str], what: str) -> None:
        for name in sorted(set(data) - known):
            self.fault(where, f"{what} har det ukendte felt »{name}«. Fjern det, eller ret stavningen.")

    def take(self, where: str | None, data: Mapping[str, Any], name: str, kind: type[T], default: T) -> T:
        """The value under `name`, which must be of this type when it is there."""
        value = data.get(name, default)
        if value is None:
            return default
        good = isinstance(value, kind) and not (kind is int and isinstance(value, bool))
        if not good:
            self.fault(where, f"»{name}« skal være {_TYPE_NAMES[kind]}.")
            return default
        return value  # type: ignore[no-any-return]

    def feel(self, where: str | None, name: str, text: str) -> Expression | None:
        """The expression in a text that must begin with `=`."""
        if not text.lstrip().startswith("="):
            self.fault(where, f"»{name}« skal være et FEEL-udtryk og begynde med =.")
            return None
        try:
            return parse_expression(text.lstrip()[1:])
        except FeelSyntaxError as fault:
            self.fault(where, f"Udtrykket i »{name}« kan ikke læses: {fault.message_da}")
            return None

    def key(self, where: str | None, data: Mapping[str, Any], name: str, keys: set[str]) -> str:
        """A name under which a value is stored."""
        key = self.take(where, data, name, str, "")
        if not KEY.fullmatch(key):
            hint = "Brug bogstaver, cifre og understreg, og begynd med et bogstav"
            self.fault(where, f"»{name}« mangler eller kan ikke bruges som navn ({key or 'tom'}). {hint}.")
        elif key in RESERVED or not _is_name(key):
            self.fault(where, f"Navnet »{key}« er optaget: det betyder noget andet i udtryk. Vælg et andet »{name}«.")
        elif key in keys:
            self.fault(where, f"Navnet »{key}« bruges to gange. Hvert felt skal have sit eget »{name}«.")
        keys.add(key)
        return key

    def label(self, where: str | None, data: Mapping[str, Any], *names: str) -> str:
        label = next((text for name in names if (text := self.take(where, data, name, str, "").strip())), "")
        if not label:
            self.fault(where, f"»{names[0]}« mangler. Skærmlæsere og fejlbeskeder har brug for feltets navn.")
        return label

    def expressions(self, where: str | None, properties: Mapping[str, str]) -> dict[str, Any]:
        """The expressions that fields, groups and lists share."""
        names = {"prefill": "fra", "check": "kontrol", "warning": "advarsel"}
        return {
            target: self.feel(where, name, properties[name]) if name in properties else None
            for target, name in names.items()
        }


def _is_name(key: str) -> bool:
    """Whether an expression can speak of a value called this: it is no keyword and no function of FEEL."""
    try:
        return key not in BUILTINS and parse_expression(key).names == {key}
    except FeelSyntaxError:
        return False
