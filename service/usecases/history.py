"""The history's hash chains."""

from __future__ import annotations

from service.domain.storage import UnitOfWork
from service.domain.views import InstanceQuery
from service.usecases.platform import Platform


def verify_all(platform: Platform) -> tuple[int, list[tuple[int, int]]]:
    """(How many instances were checked, (instance key, first broken entry) of each whose chain is broken)."""
    checked, broken, after = 0, [], None
    while True:
        query = InstanceQuery(state="alle", after=after, limit=200)

        def work(uow: UnitOfWork, query: InstanceQuery = query) -> tuple[list[tuple[int, int | None]], str | None]:
            page = uow.queries.instances(query)
            return [(row.key, uow.history.verify(row.key)) for row in page.rows], page.next

        results, after = platform.read(work)
        checked += len(results)
        broken += [(key, number) for key, number in results if number is not None]
        if after is None:
            return checked, broken
