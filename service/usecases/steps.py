"""What the steps of a running course are called, also those of the processes it calls."""

from __future__ import annotations

from collections.abc import Mapping

from service.domain.definitions import ElementInfo
from service.domain.instances import Instance
from service.domain.storage import UnitOfWork
from service.usecases.catalog import DeployedCatalog


def elements_of(uow: UnitOfWork, catalog: DeployedCatalog, instance: Instance) -> Mapping[str, ElementInfo]:
    """Element id → element, of the instance's own process and of every process it has called."""
    keys = [instance.definition_key, *(child.definition_key for child in uow.queries.children(instance.key))]
    found: dict[str, ElementInfo] = {}
    for key in reversed(dict.fromkeys(keys)):
        process = catalog.process(key)
        if process is not None:
            found.update(process[1].elements)
    return found
