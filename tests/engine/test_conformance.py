"""The public conformance suite, where its folder is at hand (setting FORLOEB_BPMN_CONFORMANCE)."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from service.domain.errors import DeploymentRefused

from .conformance import rows, run_case
from .driver import ENGINE

FOLDER = os.environ.get("FORLOEB_BPMN_CONFORMANCE")

ABOUT_DATA_AND_POOLS = {
    "EXT020_1_failure_dataInput",
    "EXT043_1_failure",
    "EXT044_1_failure_differentItemDef_noStructureRef",
    "EXT044_2_failure_differentItemDef_unequalStructureRef",
    "EXT045_1_failure_differentItemDef_noStructureRef",
    "EXT046_1_failure",
    "EXT048_2_failure_differentItemDef_unequalStructureRef",
    "EXT052_2_failure_differentItemDef_unequalStructureRef",
    "EXT063_2_failure_calledProcess_additionalInput",
    "EXT063_4_failure_calledProcess_itemsNotMatching",
    "EXT081_1_failure_dataInput",
    "EXT094_2_failure_singleErrorEvent",
    "EXT094_5_failure_singleSignalEvent",
    "EXT128_2_failure_endEvent",
    "EXT128_3_failure_intCatch",
    "EXT128_5_failure_startEvent",
    "REF_10",
    "REF_11",
    "REF_17",
    "REF_9",
    "REF_6",
    "REF_8",
    "EXT031_3_Fail_message_flow_in_same_pool",
    "EXT102_1_Fail",
    "EXT103_1_Fail",
    "EXT109_1_Fail",
    "EXT119_1_failure_catchInOut",
    "EXT119_2_failure_catchOutgoing",
    "EXT119_3_failure_throwIncoming",
}
"""Rules on data associations, item definitions, operations, pools and message flows: the dialect ignores these parts."""
IMPLICIT_END = {"EXT105_2_fail_with_sub_startevent"}
"""A path may end without an end event here."""


@pytest.fixture(scope="module")
def folder() -> Path:
    if not FOLDER:
        pytest.skip("FORLOEB_BPMN_CONFORMANCE is not set: the conformance suite was not run")
    path = Path(FOLDER)
    assert (path / "manifest.json").is_file(), f"{path} holds no conformance suite"
    return path


def test_every_diagram_of_the_dialect_runs_as_expected(folder: Path) -> None:
    wrong, passed = [], 0
    for row in rows(folder, "manifest.json"):
        if row["beyond"] or row.get("doubtful"):
            continue
        for case in row["cases"]:
            good, labels = run_case(folder, row, case)
            passed += good
            if not good:
                wrong.append((row["id"], case["vars"], case["expect"], labels))
    assert wrong == []
    assert passed > 50


def test_what_is_beyond_the_dialect_is_refused_or_runs(folder: Path) -> None:
    wrong = []
    for row in rows(folder, "manifest.json"):
        if not row["beyond"] or row.get("doubtful"):
            continue
        for case in row["cases"]:
            good, labels = run_case(folder, row, case)
            if not good and labels[0] != "ERROR_deployment":
                wrong.append((row["id"], case["vars"], case["expect"], labels))
    assert wrong == []


def test_faulty_diagrams_are_refused(folder: Path) -> None:
    accepted = set()
    for row in rows(folder, "negative_manifest.json"):
        try:
            ENGINE.read((folder / row["file"]).read_bytes(), row["file"])
        except DeploymentRefused:
            continue
        accepted.add(row["id"])
    assert accepted <= ABOUT_DATA_AND_POOLS | IMPLICIT_END
