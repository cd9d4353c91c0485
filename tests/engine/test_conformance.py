"""The public conformance suite, where its folder is at hand (setting FORLOEB_BPMN_CONFORMANCE)."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from service.domain.errors import DeploymentRefused

from .conformance import rows, run_case
from .driver import ENGINE

Say = Callable[[str], None]
FOLDER = os.environ.get("FORLOEB_BPMN_CONFORMANCE")


@pytest.fixture(scope="module")
def folder() -> Path:
    if not FOLDER:
        pytest.skip("FORLOEB_BPMN_CONFORMANCE is not set: the conformance suite was not run")
    path = Path(FOLDER)
    assert (path / "manifest.json").is_file(), f"{path} holds no conformance suite"
    return path


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Say:
    """Prints past pytest."""

    def write(text: str) -> None:
        with capsys.disabled():
            sys.stdout.write(f"\n{text}")

    return write


def test_every_diagram_of_the_dialect_runs_as_expected(folder: Path, say: Say) -> None:
    wrong, tests, cases = [], 0, 0
    for row in rows(folder, "manifest.json"):
        if row["beyond"] or row.get("doubtful"):
            continue
        tests += 1
        for case in row["cases"]:
            good, labels = run_case(folder, row, case)
            cases += good
            if not good:
                wrong.append((row["id"], case["vars"], case["expect"], labels))
    say(f"diagrams of the dialect: {tests - len({row[0] for row in wrong})}/{tests} pass, {cases} cases")
    assert wrong == []
    assert cases > 50


def test_what_is_beyond_the_dialect_is_refused_or_runs(folder: Path, say: Say) -> None:
    wrong, runs, refused, doubtful = [], [], [], []
    for row in rows(folder, "manifest.json"):
        if not row["beyond"] and not row.get("doubtful"):
            continue
        outcomes = [run_case(folder, row, case) for case in row["cases"]]
        if all(good for good, _ in outcomes):
            runs.append(row["id"])
        elif all(good or labels[0] == "ERROR_deployment" for good, labels in outcomes):
            refused.append(f"{row['id']} ({row['beyond']})")
        else:
            (doubtful if row.get("doubtful") else wrong).append((row["id"], [labels for _, labels in outcomes]))
    say(f"beyond or doubtful: {len(runs)} pass, {len(refused)} refused, {len(doubtful)} doubtful ones differ")
    say("".join(f"  refused: {name}\n" for name in refused) + "".join(f"  differs: {name}\n" for name in doubtful))
    assert wrong == []


def test_faulty_diagrams_are_refused(folder: Path, say: Say) -> None:
    """Diagrams that also hold something beyond the dialect are counted apart: their refusal proves little."""
    counts: dict[bool, list[int]] = {False: [0, 0], True: [0, 0]}
    accepted: dict[str, list[str]] = {}
    for row in rows(folder, "negative_manifest.json"):
        count, refused = counts[bool(row["beyond"])], is_refused(folder, row["file"])
        count[0] += refused
        count[1] += 1
        if not refused:
            accepted.setdefault(row["constraint"], []).append(row["id"])
    lines = [
        f"faulty diagrams refused: {counts[False][0]}/{counts[False][1]}, and beyond: {counts[True][0]}/{counts[True][1]}"
    ]
    lines += [f"  accepted ({constraint}): {', '.join(ids)}" for constraint, ids in accepted.items()]
    say("\n".join(lines))
    assert accepted == {}


def is_refused(folder: Path, file: str) -> bool:
    try:
        ENGINE.read((folder / file).read_bytes(), file)
    except DeploymentRefused as refusal:
        return bool(refusal.findings)
    return False
