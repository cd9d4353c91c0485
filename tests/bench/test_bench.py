"""Every measurement runs, on tiny sizes: what it says is not looked at, only that it says it."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from tests.bench.__main__ import BENCHES, main, run, table, write
from tests.bench.ground import TINY, Ground

PROMISED = {
    *("engine.step.round1", "engine.step.round2", "engine.step.ratio"),
    *("feel.gateway_us", "dmn.table_20x4_us", "form.render_30_ms"),
    *("startup.first_s", "startup_s", "memory.demo_mb", "page.weight_kb"),
    *("task.complete.floor_ratio", "task.complete.floor_ratio.postgresql"),
    *(f"http.two_form.{where}" for where in ("sqlite", "postgresql", "sqlite.c4.rate", "postgresql.c4.rate")),
    *(
        f"{what}.{size}"
        for what in ("timer.lag.p95_ms", "inbox.page_ms", "inbox.query_ms", "overview.page_ms")
        for size in ("100k", "1m")
    ),
}


@pytest.mark.parametrize("names", [names for names, _ in BENCHES], ids=lambda names: names[0])
def test_it_measures_what_it_promises(names: tuple[str, ...], tmp_path: Path) -> None:
    with Ground(tmp_path, TINY, names) as ground:
        results = list(run(ground))
    assert all(result.median > 0 or result.unit == "ms" for result in results)
    promised = {p for p in PROMISED if any(p == n or p.startswith(f"{n}.") for n in names)}
    assert promised
    assert promised <= {result.name for result in results}
    assert len(results) == len({result.name for result in results})
    assert table(results).row_count == len(results)
    write(results, tmp_path / "bench.json")
    stored = orjson.loads((tmp_path / "bench.json").read_bytes())["results"]
    assert all(line.keys() == {"name", "median", "p95", "unit", "floor"} for line in stored)


def test_every_promise_is_kept_by_some_measurement() -> None:
    everything = [name for names, _ in BENCHES for name in names]
    assert all(any(p == n or p.startswith(f"{n}.") for n in everything) for p in PROMISED)


def test_only_what_is_asked_for_is_measured(tmp_path: Path) -> None:
    with Ground(tmp_path, TINY, ["feel.gateway_us"]) as ground:
        assert [result.name for result in run(ground)] == ["feel.gateway_us"]


def test_an_unknown_name_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["engine.stap"]) == 2
    assert "engine.stap" in capsys.readouterr().out
