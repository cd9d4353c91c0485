"""Who may do what: people, their roles in units, and the rights a procedure's manifest gives a role."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

PLATFORM_ROLES = frozenset({"procesejer", "leder", "drift", "revisor", "systemadmin"})
"""Roles that exist whatever procedures are deployed."""


@dataclass(frozen=True, slots=True, order=True)
class Membership:
    """A role, in a unit or ("" ) everywhere."""

    role: str
    unit: str = ""

    def __str__(self) -> str:
        return f"{self.role}@{self.unit}" if self.unit else self.role


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody (or some program) that acts. `leads` are the units whose leader she is."""

    key: int
    username: str
    name: str
    memberships: frozenset[Membership] = frozenset()
    leads: frozenset[str] = frozenset()

    @property
    def roles(self) -> frozenset[str]:
        return frozenset(m.role for m in self.memberships)

    @property
    def units(self) -> frozenset[str]:
        return frozenset(m.unit for m in self.memberships if m.unit)

    @property
    def groups(self) -> frozenset[str]:
        """Candidate groups she belongs to: `rolle` and `rolle@enhed` for each membership."""
        return frozenset(g for m in self.memberships for g in (m.role, str(m)))

    def has(self, *roles: str) -> bool:
        return not self.roles.isdisjoint(roles)


SYSTEM = Person(0, "system", "Systemet")
"""Acts when a timer or a worker does."""


class Reach(StrEnum):
    """How far a role sees cases of a kind (PROCEDURES B8)."""

    NONE = "ingen"
    OWN = "egne"
    """Cases she is the worker of, or has or had a task in; where she sees only parts, also those she is offered a task in."""
    UNIT = "enhed"
    """Cases of her units."""
    INTAKE = "indgang"
    """Cases not yet handed to a unit, and those she is offered a task in or has or had one."""
    ALL = "alle"
    ATTACHED = "tilknyttet"
    """Cases that name her, or her role in her unit, under her role (manifest `felter.tilknyttede`): the contact person of an
    offer, the unit a part was handed to, the participants of a meeting, whoever made the enquiry."""
    REASON = "begrundelse"
    """Any case, for a while after giving a reason."""


def split_group(group: str) -> Membership:
    """`rolle@enhed` or `rolle` as a membership."""
    role, _, unit = group.partition("@")
    return Membership(role.strip(), unit.strip())


def may_complete(person: Person, *, assignee: str | None, groups: Iterable[str], users: Iterable[str]) -> bool:
    """Whether she may complete a task: its assignee, a candidate within the unit of its group, or that unit's leader.

    A task with neither assignee nor candidates belongs to nobody and may be completed by nobody: the check of a diagram
    warns about it. The manifest may narrow this further, never widen it.
    """
    if assignee == person.username or person.username in users:
        return True
    groups = tuple(groups)
    if not person.groups.isdisjoint(groups):
        return True
    return any(split_group(g).unit in person.leads for g in groups if "@" in g)
