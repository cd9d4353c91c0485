"""Read models: the lists that pages show, each in one or two look-ups whatever the tables hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from service.domain.views import (
    CaseQuery,
    CaseRow,
    ElementRow,
    InboxQuery,
    InboxRow,
    IncidentGroup,
    InstanceQuery,
    InstanceRow,
    Page,
)
from service.store.queries import cases, elements, inbox, incidents, instances
from service.store.session import Session
from service.store.vault import Vault


class SqlQueries:
    """`service.domain.views.Queries`; each list has a module of its own."""

    def __init__(self, session: Session, vault: Vault) -> None:
        self._session, self._vault = session, vault

    def inbox(self, query: InboxQuery) -> Page[InboxRow]:
        return inbox.page(self._session, self._vault, query)

    def cases(self, query: CaseQuery) -> Page[CaseRow]:
        return cases.page(self._session, self._vault, query)

    def instances(self, query: InstanceQuery) -> Page[InstanceRow]:
        return instances.page(self._session, query)

    def elements(self, instance_key: int, *, active_only: bool = False, limit: int = 1000) -> Sequence[ElementRow]:
        return elements.of(self._session, instance_key, active_only=active_only, limit=limit)

    def element_counts(self, process_id: str, version: int | None = None) -> Mapping[str, int]:
        return elements.counts(self._session, process_id, version)

    def flows(self, instance_key: int) -> Mapping[str, frozenset[str]]:
        return elements.flows(self._session, instance_key)

    def children(self, instance_key: int) -> Sequence[InstanceRow]:
        return instances.children(self._session, instance_key)

    def incidents(self, units: frozenset[str] | None = None) -> Sequence[IncidentGroup]:
        return incidents.groups(self._session, self._vault, units)

    def instance_counts(self) -> Mapping[str, Mapping[int, int]]:
        return instances.counts(self._session)
