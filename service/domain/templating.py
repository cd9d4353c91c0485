"""Text templates of letters and documents: Jinja in a sandbox, strict about names, Danish about dates and numbers."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from jinja2 import FunctionLoader, StrictUndefined, TemplateNotFound, TemplateSyntaxError, UndefinedError
from jinja2.exceptions import SecurityError, TemplateRuntimeError
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from service.domain.clock import LOCAL_ZONE
from service.domain.handling import HandlerRefused

MONTHS = (
    "januar", "februar", "marts", "april", "maj", "juni",
    "juli", "august", "september", "oktober", "november", "december",
)  # fmt: skip


def fill_in(template_id: str, source: Callable[[str], str | None], values: Mapping[str, Any]) -> str:
    """The template filled in, as HTML. `source` gives a template's text by id; `include` and `extends` go through it too.

    Raises HandlerRefused, in Danish, for a template that is missing or wrong and for a name that has no value.
    """
    environment = _ENVIRONMENT.overlay(loader=FunctionLoader(source), cache_size=0)
    try:
        return environment.get_template(template_id).render(values)
    except TemplateNotFound as fault:
        raise HandlerRefused(
            f"Skabelonen »{fault.name}« findes ikke. Læg den som skabeloner/{fault.name}.html ved proceduren, "
            "og sæt den i drift."
        ) from fault
    except TemplateSyntaxError as fault:
        raise HandlerRefused(
            f"Skabelonen »{fault.name or template_id}« har en syntaksfejl i linje {fault.lineno} (Jinja: {fault.message})"
        ) from fault
    except UndefinedError as fault:
        raise HandlerRefused(f"Skabelonen »{template_id}« kan ikke udfyldes: {fault.message}") from fault
    except SecurityError as fault:
        raise HandlerRefused(f"Skabelonen »{template_id}« beder om noget, der ikke er tilladt.") from fault
    except (TemplateRuntimeError, TypeError, ValueError, ArithmeticError, LookupError, AttributeError) as fault:
        raise HandlerRefused(
            f"Skabelonen »{template_id}« kan ikke udfyldes i linje {_line_of(fault)}: en værdi passer ikke dér."
            if not isinstance(fault, _Unfit)
            else f"Skabelonen »{template_id}« kan ikke udfyldes i linje {_line_of(fault)}: {fault}"
        ) from fault


def fault_in(content: bytes) -> tuple[int | None, str] | None:
    """What is wrong with a template before anybody fills it in: (line, Danish sentence), or None."""
    try:
        _ENVIRONMENT.compile(content.decode())
    except UnicodeDecodeError:
        return None, "Skabelonen er ikke gemt som UTF-8. Gem den sådan, og prøv igen."
    except TemplateSyntaxError as fault:
        return fault.lineno, f"Skabelonen har en syntaksfejl (Jinja: {fault.message})"
    return None


def _line_of(fault: BaseException) -> int:
    """The template's line: Jinja rewrites the traceback so that frames of `<template>` carry it."""
    line, trace = 0, fault.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == "<template>":
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


class _Unfit(ValueError):
    """A filter got a value it cannot show."""


class _Missing(StrictUndefined):
    """A name without a value: says which, and which names there are."""

    @property
    def _undefined_message(self) -> str:
        if self._undefined_hint:
            return self._undefined_hint
        name, place = self._undefined_name, self._undefined_obj
        if place is None:
            return f"»{name}« kan ikke slås op, for der er ingen værdi foran punktummet"
        if isinstance(place, Mapping):
            return f"»{name}« findes ikke; der er {_listed(sorted(map(str, place))) or 'ingenting'}"
        return f"»{name}« findes ikke"


def _shown(value: Any) -> Any:
    """What is printed for a value that no filter has dressed."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return ja_nej(value)
    if isinstance(value, float):
        return tal(value)
    return value


# -- filters ------------------------------------------------------------------------------------------------------------


def dato(value: Any) -> str:
    """`2014-09-01` → `1. september 2014`. Instants are shown as the day they are in Denmark."""
    day = _day(value)
    return f"{day.day}. {MONTHS[day.month - 1]} {day.year}"


def kort_dato(value: Any) -> str:
    """`2014-09-01` → `01.09.2014`."""
    return f"{_day(value):%d.%m.%Y}"


def tid(value: Any) -> str:
    """An instant → `1. september 2014 kl. 9.05`, in Danish time."""
    instant = _instant(value)
    return f"{dato(instant)} kl. {instant.hour}.{instant.minute:02}"


def klokken(value: Any) -> str:
    """An instant → `9.05`, in Danish time."""
    instant = _instant(value)
    return f"{instant.hour}.{instant.minute:02}"


def tal(value: Any, decimaler: int | None = None) -> str:
    """`1234.5` → `1.234,5`; with `decimaler` exactly that many."""
    number = _number(value)
    text = f"{number:,.{decimaler}f}" if decimaler is not None else f"{number:,.10f}".rstrip("0").rstrip(".")
    return text.translate(str.maketrans(",.", ".,"))


def kroner(value: Any) -> str:
    """`1234.5` → `1.234,50 kr.`"""
    return f"{tal(value, 2)} kr."


def ja_nej(value: Any) -> str:
    if not isinstance(value, bool):
        raise _Unfit("»|ja_nej« skal have ja eller nej (true/false)")
    return "ja" if value else "nej"


def cpr(value: Any) -> str:
    """`0102031234` → `010203-1234`."""
    digits = re.sub(r"\D", "", str(value))
    if len(digits) != 10:
        raise _Unfit("»|cpr« skal have et CPR-nummer på ti cifre")
    return f"{digits[:6]}-{digits[6:]}"


def liste(value: Any) -> str:
    """`["a", "b", "c"]` → `a, b og c`."""
    if isinstance(value, str | Mapping) or not isinstance(value, Sequence):
        raise _Unfit("»|liste« skal have en liste")
    return _listed([str(_shown(v)) for v in value])


def linjer(value: Any) -> Markup:
    """Text with its line breaks kept."""
    return Markup("<br>").join(escape(line) for line in str(_shown(value)).splitlines())


def _listed(words: Sequence[str]) -> str:
    return " og ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


def _day(value: Any) -> date:
    if isinstance(value, datetime):
        return value.astimezone(LOCAL_ZONE).date() if value.tzinfo else value.date()
    if isinstance(value, date):
        return value
    text = str(value)
    try:
        return date.fromisoformat(text) if len(text) == 10 else _instant(text).date()
    except ValueError as fault:
        raise _Unfit("»|dato« skal have en dato (ÅÅÅÅ-MM-DD), men værdien er tom eller noget andet") from fault


def _instant(value: Any) -> datetime:
    try:
        instant = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except ValueError as fault:
        raise _Unfit("»|tid« skal have et tidspunkt, men værdien er tom eller noget andet") from fault
    return instant.astimezone(LOCAL_ZONE) if instant.tzinfo else instant


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _Unfit("»|tal« og »|kroner« skal have et tal, men værdien er tom eller noget andet")
    return value


FILTERS: Mapping[str, Callable[..., Any]] = {
    f.__name__: f for f in (dato, kort_dato, tid, klokken, tal, kroner, ja_nej, cpr, liste, linjer)
}


class _Sandbox(ImmutableSandboxedEnvironment):
    """Also refuses what makes much out of little, and finds a key before a method of the same name."""

    intercepted_binops = frozenset({"*", "**"})

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        if operator == "**" or not (isinstance(left, int | float) and isinstance(right, int | float)):
            raise SecurityError(operator)
        return left * right

    def getattr(self, obj: Any, attribute: str) -> Any:
        if isinstance(obj, Mapping) and attribute in obj:
            return obj[attribute]
        return super().getattr(obj, attribute)


_ENVIRONMENT = _Sandbox(autoescape=True, undefined=_Missing, finalize=_shown, trim_blocks=True, lstrip_blocks=True)
_ENVIRONMENT.filters.update(FILTERS)
