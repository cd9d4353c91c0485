"""The table: which page is for whom. A page without a row is not served, and a test fails for it.

A row opens the page; what on it one may see and do is decided by the use cases, case by case.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from flask import Flask

from service.domain.access import PLATFORM_ROLES, Person
from service.web.security import is_for_programs


class Capability(StrEnum):
    """What somebody's roles let her do on pages."""

    EVERYBODY = "alle"
    """Without log-in."""
    SIGNED_IN = "logget ind"
    CASEWORK = "sagsarbejde"
    """Has a role in a procedure, or leads a unit."""
    READ_CASES = "sager"
    """Has a role that reads cases of some procedure."""
    ENQUIRE = "henvendelse"
    """Has a role that registers enquiries of some procedure."""
    MANAGE = "ledelse"
    REPORT = "rapport"
    """Has a role that makes reports of some procedure."""
    OPERATE = "drift"
    DESIGN = "procesejer"
    ADMINISTER = "systemadmin"
    KEEP = "registre"
    """Keeps a register."""
    AUDIT = "revision"


def capabilities(
    person: Person | None,
    case_roles: frozenset[str] = frozenset(),
    enquiry_roles: frozenset[str] = frozenset(),
    register_roles: frozenset[str] = frozenset(),
    report_roles: frozenset[str] = frozenset(),
) -> frozenset[Capability]:
    """What this person (or nobody) may do; these roles read cases, register enquiries, keep registers, or make reports, of
    what is in operation.
    """
    found = {Capability.EVERYBODY}
    if person is None:
        return frozenset(found)
    found.add(Capability.SIGNED_IN)
    leads = bool(person.leads) or person.has("leder")
    for capability, holds in (
        (Capability.CASEWORK, leads or bool(person.roles - PLATFORM_ROLES)),
        (Capability.READ_CASES, person.has(*case_roles)),
        (Capability.ENQUIRE, person.has(*enquiry_roles)),
        (Capability.MANAGE, leads),
        (Capability.REPORT, person.has(*report_roles)),
        (Capability.OPERATE, person.has("drift")),
        (Capability.DESIGN, person.has("procesejer")),
        (Capability.ADMINISTER, person.has("systemadmin")),
        (Capability.KEEP, person.has(*register_roles)),
        (Capability.AUDIT, person.has("revisor")),
    ):
        if holds:
            found.add(capability)
    return frozenset(found)


C = Capability
_EVERYBODY = frozenset({C.EVERYBODY})
_SIGNED_IN = frozenset({C.SIGNED_IN})
_CASEWORK = frozenset({C.CASEWORK})
_ENQUIRE = frozenset({C.ENQUIRE})
_LISTS = frozenset({C.READ_CASES})
_CASES = frozenset({C.CASEWORK, C.AUDIT})
_FOLLOW = frozenset({C.MANAGE, C.OPERATE})
_ADMINISTER = frozenset({C.ADMINISTER})
_RULES = frozenset({C.ADMINISTER, C.DESIGN})
_REGISTERS = frozenset({C.ADMINISTER, C.KEEP})
_OVERSEE = frozenset({C.MANAGE, C.REPORT})
Routes = Mapping[str, frozenset[Capability]]
ROUTES: Routes = {
    "/static/<path:name>": _EVERYBODY,
    "/health": _EVERYBODY,
    "/metrics": _EVERYBODY,
    "/log-ind": _EVERYBODY,
    "/log-ud": _EVERYBODY,
    "/sprog": _EVERYBODY,
    "/licenser": _EVERYBODY,
    "/": _SIGNED_IN,
    "/opgaver": _CASEWORK,
    "/opgaver/filtre": _CASEWORK,
    "/opgaver/filtre/slet": _CASEWORK,
    "/opgaver/tildel": _CASEWORK,
    "/opgaver/<int:key>": _CASEWORK,
    "/opgaver/<int:key>/kladde": _CASEWORK,
    "/opgaver/<int:key>/tag": _CASEWORK,
    "/opgaver/<int:key>/frigiv": _CASEWORK,
    "/opgaver/<int:key>/tildel": _CASEWORK,
    "/opgaver/<int:key>/ret": _CASEWORK,
    "/sager": _LISTS,
    "/sager/<number>": _CASES,
    "/sager/<number>/notat": _CASEWORK,
    "/sager/<number>/haendelser/<name>": _CASEWORK,
    "/sager/<number>/aktiviteter": _CASEWORK,
    "/sager/<number>/skemaer/<form_id>/<int:version>": _CASES,
    "/sager/<number>/genaabn": _CASEWORK,
    "/sager/<number>/maerke": _CASEWORK,
    "/sager/<number>/adgang": _CASES,
    "/sager/<number>/frister/<deadline_id>": _CASEWORK,
    "/sager/<number>/skemaer/<form_id>/<int:version>.pdf": _CASES,
    "/sager/<number>/dokumenter": _CASES,
    "/opgaver/<int:key>/bilag": _CASEWORK,
    "/opgaver/<int:key>/udskriv": _CASEWORK,
    "/opgaver/<int:key>/udskriv.pdf": _CASEWORK,
    "/skemaer/<form_id>": _SIGNED_IN,
    "/skemaer/<form_id>.pdf": _SIGNED_IN,
    "/noedadgang": _CASES,
    "/dokumenter/<int:key>/vis": _CASES,
    "/dokumenter/<int:key>": _CASES,
    "/henvendelse": _ENQUIRE,
    "/henvendelse/<folder>": _ENQUIRE,
    "/overblik": _OVERSEE,
    "/overblik/<table>.<ending>": _OVERSEE,
    "/overblik/venter": frozenset({C.MANAGE}),
    "/instanser": _FOLLOW,
    "/instanser/<int:key>": _FOLLOW,
    "/instanser/<int:key>/suspender": _FOLLOW,
    "/instanser/<int:key>/genoptag": _FOLLOW,
    "/instanser/<int:key>/annuller": _FOLLOW,
    "/haendelser": _FOLLOW,
    "/haendelser/proev-igen": _FOLLOW,
    "/procedurer": _SIGNED_IN,
    "/procedurer/<process_id>": _SIGNED_IN,
    "/procedurer/<process_id>/<int:version>.bpmn": _SIGNED_IN,
    "/procedurer/<process_id>/start": _CASEWORK,
    "/notitser": _SIGNED_IN,
    "/notitser/laest": _SIGNED_IN,
    "/notitser/<int:key>": _SIGNED_IN,
    "/admin": _RULES | _REGISTERS,
    "/admin/enheder": _ADMINISTER,
    "/admin/enheder/ny": _ADMINISTER,
    "/admin/enheder/<unit_id>": _ADMINISTER,
    "/admin/medarbejdere": _ADMINISTER,
    "/admin/medarbejdere/ny": _ADMINISTER,
    "/admin/medarbejdere/<username>": _ADMINISTER,
    "/admin/medarbejdere/<username>/adgangskode": _ADMINISTER,
    "/admin/medarbejdere/<username>/luk": _ADMINISTER,
    "/admin/medarbejdere/<username>/aabn": _ADMINISTER,
    "/admin/kalender": _ADMINISTER,
    "/admin/kalender.yaml": _ADMINISTER,
    "/admin/regler": _RULES,
    "/admin/regler/<decision_id>": _RULES,
    "/admin/regler/<decision_id>.dmn": _RULES,
    "/admin/regler/<decision_id>/<row_id>": _RULES,
    "/admin/registre": _REGISTERS,
    "/admin/registre/<register_id>": _REGISTERS,
    "/admin/registre/<register_id>/ny": _REGISTERS,
    "/admin/registre/<register_id>/<int:key>": _REGISTERS,
    "/admin/registre/<register_id>/<int:key>/fjern": _REGISTERS,
    "/hjaelp": _SIGNED_IN,
    "/hjaelp/<slug>": _SIGNED_IN,
}
"""Address as Flask knows it → who may open it (any one of these)."""


def may_open(address: str, granted: frozenset[Capability], routes: Routes = ROUTES) -> bool:
    """Whether a page with this address may be opened; one without a row may not."""
    return not routes.get(address, frozenset()).isdisjoint(granted)


def missing_rows(app: Flask) -> list[str]:
    """Addresses of pages without a row: there must be none. What answers programs asks for credentials itself."""
    pages = {rule.rule for rule in app.url_map.iter_rules() if not is_for_programs(app, rule.endpoint)}
    return sorted(pages - ROUTES.keys())


@dataclass(frozen=True, slots=True)
class MenuItem:
    """One entry of the main menu."""

    words: str
    address: str
    who: frozenset[Capability]


MENU: tuple[MenuItem, ...] = (
    MenuItem("Opgaver", "/opgaver", frozenset({C.CASEWORK})),
    MenuItem("Sager", "/sager", _LISTS),
    MenuItem("Ny henvendelse", "/henvendelse", _ENQUIRE),
    MenuItem("Overblik", "/overblik", _OVERSEE),
    MenuItem("Instanser", "/instanser", _FOLLOW),
    MenuItem("Hændelser", "/haendelser", _FOLLOW),
    MenuItem("Procedurer", "/procedurer", frozenset({C.SIGNED_IN})),
    MenuItem("Studio", "/studio", frozenset({C.DESIGN})),
    MenuItem("Administration", "/admin", _RULES | _REGISTERS),
    MenuItem("Hjælp", "/hjaelp", frozenset({C.SIGNED_IN})),
)


def menu_for(granted: frozenset[Capability], served: Collection[str]) -> list[MenuItem]:
    """The entries that somebody sees, of those that the application serves (addresses as Flask knows them)."""
    return [item for item in MENU if not item.who.isdisjoint(granted) and item.address in served]
