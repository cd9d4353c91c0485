"""What a value must be, and the Danish sentence that says so when it is not. Every sentence names its field."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from service.domain.form_model import CHOICES, Field, Kind, Option
from service.domain.form_text import write_number
from service.feel import Environment, patterns

LONGEST_TEXT = 20_000
"""Characters a text may have when its form sets no limit."""


def called(label: str, where: str = "") -> str:
    """How a sentence speaks of a field; labels that are sentences themselves are put in quotation marks."""
    plain = label.rstrip(" :*")
    return where + (f"»{plain}«" if re.search(r"[?.!,:]", plain) else plain)


def is_empty(value: Any) -> bool:
    """Whether nothing was filled in. An unticked box is empty."""
    return value is None or value is False or value in ("", [])


def fault_of(field: Field, value: Any, name: str, today: date) -> str | None:
    """What is wrong with the value of a visible field, as a sentence; None when it is good."""
    if is_empty(value) and not (value is False and field.kind in CHOICES):
        return _missing(field, name) if field.rules.required else None
    match field.kind:
        case Kind.NUMBER:
            return _number_fault(field, value, name)
        case Kind.TEXT | Kind.LONG_TEXT:
            return _text_fault(field, value, name)
        case Kind.DATE | Kind.DATE_TIME if field.rules.no_past_dates:
            day = value.date() if isinstance(value, datetime) else value
            return f"{name} må ikke ligge før i dag." if day < today else None
    return None


def choice_fault(field: Field, texts: Sequence[str], options: Sequence[Option], name: str) -> str | None:
    """Whether something was chosen that is not offered (a stale page, or a list that changed meanwhile)."""
    offered = {option.text for option in options}
    if all(text in offered for text in texts):
        return None
    return f"Det valgte under {name} kan ikke længere vælges. Vælg en anden mulighed."


def _missing(field: Field, name: str) -> str:
    match field.kind:
        case Kind.CHECKBOX:
            return f"{name} skal markeres."
        case Kind.SELECT | Kind.RADIO:
            return f"Vælg en mulighed under {name}."
        case Kind.CHECKLIST:
            return f"Vælg mindst én mulighed under {name}."
        case Kind.FILE:
            return f"Vælg en fil under {name}."
    return f"{name} skal besvares." if name.endswith("?«") else f"{name} skal udfyldes."


def _number_fault(field: Field, value: float, name: str) -> str | None:
    rules = field.rules
    if rules.decimals is not None and round(value, rules.decimals) != value:
        return (
            f"{name} må højst have {_counted(rules.decimals, 'decimal', 'decimaler')}."
            if rules.decimals
            else (f"{name} skal være et helt tal.")
        )
    if rules.minimum is not None and value < rules.minimum:
        return f"{name} skal være mindst {write_number(rules.minimum)}."
    if rules.maximum is not None and value > rules.maximum:
        return f"{name} må højst være {write_number(rules.maximum)}."
    return None


def _text_fault(field: Field, value: str, name: str) -> str | None:
    rules = field.rules
    if rules.min_length is not None and len(value) < rules.min_length:
        return f"{name} skal have mindst {_counted(rules.min_length, 'tegn', 'tegn')}."
    longest = rules.max_length or LONGEST_TEXT
    if len(value) > longest:
        return f"{name} må højst have {_counted(longest, 'tegn', 'tegn')}. Der er {_counted(len(value), 'tegn', 'tegn')} nu."
    if rules.pattern is not None and not patterns.compiled(rules.pattern, "").search(value, Environment()):
        return rules.pattern_message or f"{name} er ikke skrevet på den aftalte måde. Se hjælpeteksten ved feltet."
    return None


def _counted(count: int, one: str, many: str) -> str:
    return f"{count:,} {one if count == 1 else many}".replace(",", ".")
