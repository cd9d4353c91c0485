"""Killed at any moment, nothing that was done is lost and nothing is done twice.

Children with workers are killed (SIGKILL) one after the other at chosen and at random moments, then one may finish.
"""

from __future__ import annotations

import random
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from service.domain.cases import DispatchStatus
from service.store import Sealer
from tests.crash.child import EFFECTS
from tests.engine import drawing as d
from tests.workers.house import House

INSTANCES = 16
POINTS = ("commit", "committed", "claimed", "handled", "delivered", "any")
ROOT = Path(__file__).resolve().parents[2]


def step(id_: str) -> str:
    return d.job(id_, "trin", d.io([("=tal", "tal")], [("=svar", "tal")]))


def trace(id_: str) -> str:
    return d.script(f"spor_{id_}", f'=append(spor, "{id_}")', "spor")


COURSE = d.diagram(
    d.start(),
    *(step(id_) + trace(id_) for id_ in ("a", "b", "c")),
    d.catch("vent", d.timer("PT0.05S")),
    d.job("send", "send", d.io((), [("=forsendelse.kanal", "kanal")])),
    d.end(),
    d.chain("s", "a", "spor_a", "vent", "b", "spor_b", "send", "c", "spor_c", "e"),
)
HISTORY = ["Start", "JobCompleted", "TimerFired", "JobCompleted", "JobCompleted", "JobCompleted"]


@pytest.mark.parametrize("seed", [1, 2])
def test_killed_again_and_again_every_step_happens_once(url: str, tmp_path: Path, seed: int) -> None:
    key_file = tmp_path / "master.key"
    sealer = Sealer.from_file(key_file, create=True)
    with House(url, sealer=sealer) as house:
        house.deploy({"p.bpmn": COURSE})
        keys = [house.start(tal=0, spor=[]) for _ in range(INSTANCES)]

    chance = random.Random(seed)
    moments = [(point, chance.randint(20, 120) if point == "any" else chance.randint(1, 5)) for point in POINTS]
    chance.shuffle(moments)
    lives = [f"{point}:{count}" for point, count in [*moments, ("never", 0)]]
    ran = subprocess.run(
        [sys.executable, "-m", "tests.crash.child", url, str(key_file), str(tmp_path), *lives],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    ends = [int(line) for line in ran.stdout.split()]
    killed = ends.count(-signal.SIGKILL)
    assert set(ends) <= {0, -signal.SIGKILL}, ran.stderr[-2000:]
    assert ends[-1] == 0, "the last one finished"
    assert killed >= len(POINTS) - 2, f"too few were killed in time: {dict(zip(lives, ends, strict=True))}"

    with House(url, sealer=sealer) as house:
        for key in keys:
            assert house.done(key)
            assert [entry.kind for entry in house.history(key)] == HISTORY, "no step lost, none repeated"
            assert house.variables(key) == {"tal": 3, "spor": ["a", "b", "c"], "kanal": "sikker-post"}
            assert house.incidents(key) == []
            assert house.platform.read(lambda uow, key=key: uow.jobs.of(key)) == []
            [mail] = house.platform.read(lambda uow, key=key: uow.dispatches.of_case(key))
            assert mail.status is DispatchStatus.SENT
        assert house.platform.read(lambda uow: uow.timers.next_due()) is None

    effects = Counter((tmp_path / EFFECTS).read_text().splitlines())
    assert len(effects) == 3 * INSTANCES, "every handler had its effect, under a key that is stable over repeats"
    assert effects.total() - len(effects) <= 2 * killed, "only what was under way was repeated"
    assert len(list((tmp_path / "outbox" / "sikker-post").iterdir())) == INSTANCES
