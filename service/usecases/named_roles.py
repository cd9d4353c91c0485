"""Roles that the manifests in operation name for something: asked for with every request, so remembered for a short while."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from service.domain.access import Reach
from service.domain.procedures import Manifest
from service.usecases.platform import Platform

REMEMBERED = timedelta(seconds=2)
"""What somebody deploys counts after that."""


class NamedRoles:
    def __init__(self, platform: Platform, named: Callable[[Manifest], Iterable[str]]) -> None:
        self._platform, self._named = platform, named
        self._known: tuple[datetime, frozenset[str]] | None = None

    def __call__(self) -> frozenset[str]:
        now = self._platform.clock.now()
        if self._known is None or not timedelta() <= now - self._known[0] < REMEMBERED:
            manifests = self._platform.read(lambda uow: self._platform.catalogs.view(uow.definitions).manifests)
            self._known = now, frozenset(role for manifest in manifests.values() for role in self._named(manifest))
        return self._known[1]


def of_cases(manifest: Manifest) -> Iterable[str]:
    """Roles that read cases, be it with a reason or by break-glass access; not those who are only offered tasks of them."""
    rights = (of_role for of_kind in manifest.rettigheder.values() for of_role in of_kind.items())
    return (role for role, right in rights if right.laes != (Reach.NONE,) or right.noedadgang)


def of_enquiries(manifest: Manifest) -> Iterable[str]:
    """Roles that register enquiries."""
    return manifest.henvendelse.roller if manifest.henvendelse else ()


def of_registers(manifest: Manifest) -> Iterable[str]:
    """Roles that keep a register."""
    return (role for register in manifest.registre.values() for role in register.vedligeholdes_af)


def of_reports(manifest: Manifest) -> Iterable[str]:
    """Roles that make reports."""
    return (role for plan in manifest.figurer.values() for role in plan.roller)
