"""A past year replayed: planned courses run through the real diagrams on a manual clock, and the figures counted from them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, time, timedelta
from pathlib import Path

from service.domain.clock import LOCAL_ZONE
from service.domain.errors import BadInput
from service.domain.figures import Figures, Period, midnight
from service.domain.storage import UnitOfWork
from service.domain.yaml_text import read_yaml
from service.testing.plans import Planned, play, read_plans
from service.testing.world import World
from service.usecases.reports import compute, whole

Chosen = Callable[[Sequence[Planned]], Sequence[Planned]]


def replay(root: Path, path: Path, choose: Chosen = list) -> Figures:
    """Deploy everything under `root`, let the courses of the file happen, and compute the report that it names for its
    period, at the end of the cut-off day. `choose` may leave courses out. Raises BadInput.
    """
    data = read_yaml(path.read_text(encoding="utf-8"))
    try:
        period = Period(data["periode"]["fra"], data["periode"]["til"])
        report_id = str(data["rapport"])
    except (KeyError, TypeError) as fault:
        raise BadInput(why=f"{path}: skriv rapport og periode (fra og til) øverst i filen") from fault
    courses = choose(read_plans(path, period.last))
    if early := [c.begins for c in courses if c.begins < period.first]:
        raise BadInput(why=f"{path}: et forløb begynder {early[0]}, før perioden gør")
    evening = datetime.combine(period.last, time(18), tzinfo=LOCAL_ZONE)
    with World(midnight(period.first) - timedelta(days=1)) as world:
        world.deploy_folder(root)
        play(world, evening, courses)
        return world.platform.read(lambda uow: _counted(world, uow, report_id, period))


def _counted(world: World, uow: UnitOfWork, report_id: str, period: Period) -> Figures:
    catalog = world.platform.catalogs.view(uow.definitions)
    return compute(uow, whole(catalog, report_id), period, world.clock.now())
