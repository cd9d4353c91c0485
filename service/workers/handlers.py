"""The registry of handlers: finds `@handler` functions, reads their parameters, and checks what a job brings them."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator, Mapping
from types import ModuleType
from typing import Any, NotRequired, Required, get_type_hints

from pydantic import ConfigDict, PydanticSchemaGenerationError, TypeAdapter, ValidationError
from typing_extensions import TypedDict

from service.domain.errors import SetupFault
from service.domain.handling import (
    REGISTRATION,
    Handler,
    HandlerInfo,
    HandlerRefused,
    HandlerResult,
    JobContext,
    Parameter,
    Registration,
)
from service.domain.json import Variables

OWN_PREFIX = "forloeb:"
"""Job types that run inside the step's own transaction; no handler may take them."""

SAID: Mapping[str, str] = {
    "missing": "mangler",
    "unexpected_keyword_argument": "kendes ikke her",
    "string_type": "skal være en tekst",
    "bool_type": "skal være ja eller nej (true/false)",
    "bool_parsing": "skal være ja eller nej (true/false)",
    "int_type": "skal være et helt tal",
    "int_parsing": "skal være et helt tal",
    "int_from_float": "skal være et helt tal",
    "float_type": "skal være et tal",
    "float_parsing": "skal være et tal",
    "list_type": "skal være en liste",
    "dict_type": "skal være en context (navne med værdier)",
    "dataclass_type": "skal være en context (navne med værdier)",
    "literal_error": "har ikke en af de tilladte værdier",
    "date_type": "skal være en dato (ÅÅÅÅ-MM-DD)",
    "date_parsing": "skal være en dato (ÅÅÅÅ-MM-DD)",
    "date_from_datetime_parsing": "skal være en dato (ÅÅÅÅ-MM-DD)",
    "datetime_type": "skal være et tidspunkt (ISO 8601)",
    "datetime_parsing": "skal være et tidspunkt (ISO 8601)",
}
"""Kind of fault → what is said of the parameter. Values are never repeated: they may be personal."""


_TYPED_DICT: Any = TypedDict
"""Called with fields that are only known at run time."""


def load_handlers(package: str = "handlers") -> Mapping[str, HandlerInfo]:
    """Import every module of the package, and give its handlers by job type.

    Raises SetupFault for a handler that is not written as handlers must be, and for two of one job type.
    """
    found: dict[str, HandlerInfo] = {}
    for module in _modules(importlib.import_module(package)):
        for name, function in inspect.getmembers(module, inspect.isfunction):
            registration = getattr(function, REGISTRATION, None)
            if registration is None or function.__module__ != module.__name__:
                continue
            info = describe(function, registration, f"{module.__name__}.{name}")
            if info.job_type in found:
                raise SetupFault(why=f"Jobtypen {info.job_type} har to handlere. Behold én af dem.")
            found[info.job_type] = info
    return found


def _modules(package: ModuleType) -> Iterator[ModuleType]:
    yield package
    for info in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        yield importlib.import_module(info.name)


def describe(function: Handler, registration: Registration, where: str) -> HandlerInfo:
    """The handler as the registry knows it; its `function` checks the parameters first."""
    if registration.job_type.startswith(OWN_PREFIX):
        raise SetupFault(why=f"{where}: jobtyper, der begynder med {OWN_PREFIX}, udføres af Forløb selv.")
    parameters = list(inspect.signature(function).parameters.values())
    first, rest = parameters[:1], parameters[1:]
    if not first or first[0].kind not in {inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD}:
        raise SetupFault(why=f"{where}: første parameter skal være jobbet (job: JobContext).")
    named = [p for p in rest if p.kind is not p.VAR_KEYWORD]
    for parameter in named:
        if parameter.kind is not parameter.KEYWORD_ONLY:
            raise SetupFault(why=f"{where}: parameteren {parameter.name} skal stå efter *, så den gives ved navn.")
        if parameter.annotation is parameter.empty:
            raise SetupFault(why=f"{where}: parameteren {parameter.name} mangler en type.")
    takes_any = len(named) < len(rest)
    return HandlerInfo(
        job_type=registration.job_type,
        summary=(inspect.getdoc(function) or "").partition("\n")[0].strip(),
        parameters=tuple(Parameter(p.name, p.default is p.empty, _as_written(p.annotation)) for p in named),
        results=registration.results,
        function=_checked(function, named, takes_any, where),
        takes_any=takes_any,
        careful=registration.careful,
    )


def _as_written(annotation: object) -> str:
    return annotation if isinstance(annotation, str) else inspect.formatannotation(annotation)


def _checked(function: Handler, named: list[inspect.Parameter], takes_any: bool, where: str) -> Handler:
    """The function behind a check of its parameters against their annotations. Raises HandlerRefused in Danish.

    Names it does not take are left out: the deploy check refuses inputs it does not know, and what is left are variables
    that a job has without being given them (the item and number of a multi-instance activity).
    """
    hints = get_type_hints(function, include_extras=True)
    wanted: dict[str, Any] = {
        p.name: Required[hints[p.name]] if p.default is p.empty else NotRequired[hints[p.name]] for p in named
    }
    inputs = _TYPED_DICT("inputs", wanted)
    inputs.__pydantic_config__ = ConfigDict(extra="allow" if takes_any else "forbid")
    try:
        adapter: TypeAdapter[dict[str, Any]] = TypeAdapter(inputs)
    except PydanticSchemaGenerationError as fault:
        raise SetupFault(why=f"{where}: en parameters type kan ikke kontrolleres: {fault.message}") from fault

    def call(job: JobContext, /, **variables: Any) -> HandlerResult | Variables | None:
        try:
            arguments = adapter.validate_python(
                variables if takes_any else {name: value for name, value in variables.items() if name in wanted}
            )
        except ValidationError as fault:
            raise HandlerRefused(_sentence(fault)) from None
        return function(job, **arguments)

    return call


def _sentence(fault: ValidationError) -> str:
    lines = [f"»{_path(e['loc'])}« {SAID.get(e['type'], 'har en forkert type')}" for e in fault.errors()]
    return f"Opgaven kan ikke udføres: {'; '.join(lines)}. Ret elementets input i diagrammet, og prøv igen."


def _path(places: tuple[int | str, ...]) -> str:
    text = ""
    for place in places:
        text += f"[{place + 1}]" if isinstance(place, int) else f".{place}" if text else place
    return text
