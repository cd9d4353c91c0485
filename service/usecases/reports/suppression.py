"""The public version of a report (ST-7): small numbers are left out, and so is whatever would give them away."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from service.domain.figures import Distribution, Figures, Movement, Share, Told

HIDDEN = "for få til at vise"


def public(figures: Figures) -> Figures:
    """The same figures without cells below `smallest`; nobody can work out a single one from those that are left."""
    least = figures.smallest
    return replace(
        figures,
        movement=_movement(figures.movement, least),
        sources=_distribution(figures.sources, least),
        reasons=_distribution(figures.reasons, least),
        suspended=_told(figures.suspended, least),
        suspensions=_told(figures.suspensions, least),
        measures=tuple(_measure(measure, least) for measure in figures.measures),
        public=True,
    )


def hidden(cells: Sequence[int], least: int) -> frozenset[int]:
    """Which cells of a row with a known total are left out: the small ones, and as many of the next smallest as it takes
    for the total not to tell what the small ones are.
    """
    out = {i for i, cell in enumerate(cells) if cell < least}
    others = sorted((i for i in range(len(cells)) if i not in out), key=lambda i: cells[i])
    while out and others and _gives_away(cells, out, least):
        out.add(others.pop(0))
    return frozenset(out)


def _gives_away(cells: Sequence[int], out: set[int], least: int) -> bool:
    """Whether the sum of what is left out tells one of them: there is one only, or all are as small or as large as can be."""
    if len(out) == 1:
        return True
    if any(cells[i] >= least for i in out):
        return False
    return sum(cells[i] for i in out) in {0, len(out) * (least - 1)}


def _row(cells: Sequence[int | None], total: int | None, least: int) -> tuple[tuple[int | None, ...], int | None]:
    known = [cell or 0 for cell in cells]
    if total is None or total < least:
        return (None,) * len(known), None
    out = hidden(known, least)
    return tuple(None if i in out else cell for i, cell in enumerate(known)), total


def _movement(movement: Movement, least: int) -> Movement:
    """Neighbouring balances differ by what came and went: once a cell of either row is left out, so are the balances
    between the first and the last, which the totals give anyway.
    """
    created, total_created = _row(movement.created, movement.total_created, least)
    closed, total_closed = _row(movement.closed, movement.total_closed, least)
    before = None if movement.before and movement.before < least else movement.before
    still = [_told(cell, least) for cell in movement.open]
    if before is None:
        still = [None for _ in still]
    elif None in created or None in closed:
        totals = total_created is not None and total_closed is not None
        still = [cell if totals and last else None for last, cell in _marked(still)]
    return replace(
        movement,
        before=before,
        created=created,
        closed=closed,
        open=tuple(still),
        total_created=total_created,
        total_closed=total_closed,
        reopened=_told(movement.reopened, least),
    )


def _marked(cells: Sequence[int | None]) -> Iterator[tuple[bool, int | None]]:
    """Each cell with whether it is the last."""
    return ((number == len(cells), cell) for number, cell in enumerate(cells, 1))


def _distribution(distribution: Distribution, least: int) -> Distribution:
    counts, total = _row([row.count for row in distribution.rows], distribution.total, least)
    shown = zip(distribution.rows, counts, strict=True)
    rows = tuple(Share(r.id, r.name, n, r.share if n is not None else None) for r, n in shown)
    return Distribution(rows, total)


def _told(cell: int | None, least: int) -> int | None:
    return cell if cell is not None and cell >= least else None


def _measure(measure: Told, least: int) -> Told:
    small = any(cell < least for cell in measure.cells)
    return replace(measure, value=HIDDEN, note="", cells=()) if small else measure
