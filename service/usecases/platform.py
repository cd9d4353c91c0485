"""What every verb is handed: the machinery behind its ports, wired once in `service/app.py`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from service.domain.clock import Clock
from service.domain.handling import HandlerInfo
from service.domain.ports import Engine, Keys
from service.domain.storage import Store, UnitOfWork
from service.usecases.catalog import Catalogs

T = TypeVar("T")


def _nobody() -> None:
    return None


@dataclass(frozen=True, slots=True)
class Platform:
    store: Store
    engine: Engine
    clock: Clock
    keys: Keys
    catalogs: Catalogs
    handlers: Mapping[str, HandlerInfo] = field(default_factory=dict)
    """Job types that handlers of this installation serve, with their parameters."""
    wake: Callable[[], None] = _nobody
    """Tells the workers of this process that there may be something to do now."""

    def transact(self, work: Callable[[UnitOfWork], T]) -> T:
        """One unit of work that may write, committed once; then the workers are woken if it left them something to do."""
        units: list[UnitOfWork] = []

        def noted(uow: UnitOfWork) -> T:
            units.append(uow)
            return work(uow)

        result = self.store.transact(noted)
        if units[-1].for_workers:
            self.wake()
        return result

    def read(self, work: Callable[[UnitOfWork], T]) -> T:
        return self.store.read(work)
