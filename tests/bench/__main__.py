"""`python -m tests.bench [NAME…]`: measure everything, or only what is named; a table, and `var/bench.json`."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import orjson
from rich.console import Console
from rich.table import Table

from tests.bench import completing, computing, crowded, installation, two_forms
from tests.bench.ground import FULL, Ground, Measure
from tests.bench.result import Result

VAR = Path("var")
BENCHES: tuple[tuple[tuple[str, ...], Measure], ...] = (
    (("engine.step",), computing.engine_steps),
    (("feel.gateway_us",), computing.gateway),
    (("dmn.table_20x4_us",), computing.decision_table),
    (("form.render_30_ms",), computing.form),
    (("startup.first_s", "startup_s", "memory.demo_mb", "page.weight_kb"), installation.measure),
    (("task.complete",), completing.measure),
    (("http.two_form",), two_forms.measure),
    (("timer.lag", "inbox", "overview"), crowded.measure),
)
"""Names of results (or what they begin with) and who measures them, the quick ones first."""


def main(wanted: Sequence[str]) -> int:
    """Exit status 2 for a name that nothing measures."""
    console = Console()
    VAR.mkdir(exist_ok=True)
    results = []
    with tempfile.TemporaryDirectory(dir=VAR, prefix="bench-") as folder, Ground(Path(folder), FULL, wanted) as ground:
        if unknown := [name for name in wanted if not any(_concerns(names, name) for names, _ in BENCHES)]:
            console.print(f"No measurement is called {', '.join(unknown)}. There are: {', '.join(_all_names())}.")
            return 2
        for result in run(ground):
            console.print(f"{result.name:<40} {result.median:>10.3f} {result.unit}", highlight=False)
            results.append(result)
    console.print(table(results))
    write(results, VAR / "bench.json")
    return 0


def run(ground: Ground) -> Iterator[Result]:
    """The measurements that were asked for."""
    for names, measure in BENCHES:
        if any(ground.wants(name) for name in names):
            yield from (result for result in measure(ground) if ground.wants(result.name))


def table(results: Sequence[Result]) -> Table:
    drawn = Table(title="Forløb")
    drawn.add_column("measurement")
    for heading in ("median", "p95", "goal or floor"):
        drawn.add_column(heading, justify="right")
    drawn.add_column("unit")
    for r in results:
        floor = "" if r.floor is None else f"{r.floor:,.2f}"
        drawn.add_row(r.name, f"{r.median:,.3f}", f"{r.p95:,.3f}", floor, r.unit)
    return drawn


def write(results: Sequence[Result], path: Path) -> None:
    path.write_bytes(orjson.dumps({"results": results}, option=orjson.OPT_INDENT_2))


def _all_names() -> list[str]:
    return [name for names, _ in BENCHES for name in names]


def _concerns(names: Sequence[str], wanted: str) -> bool:
    return any(wanted == n or wanted.startswith(f"{n}.") or n.startswith(f"{wanted}.") for n in names)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
