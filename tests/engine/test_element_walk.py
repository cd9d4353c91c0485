"""Every element kind of the standard either runs as it must or is refused at its place; nothing is ignored silently."""

from __future__ import annotations

import re
import sys

import pytest

from service.domain.definitions import Finding
from service.domain.errors import DeploymentRefused

from .driver import ENGINE, MemoryCatalog, Run
from .walk.activities import ACTIVITIES
from .walk.beside import BESIDE
from .walk.events import EVENTS
from .walk.gateways import FLOWS, GATEWAYS
from .walk.kind import Kind
from .walk.standard import ELEMENTS, MUST_RUN

KINDS = {kind.name: kind for kind in (*ACTIVITIES, *GATEWAYS, *FLOWS, *EVENTS, *BESIDE)}


def findings(kind: Kind) -> list[Finding]:
    """Why it is refused; nothing when it is not."""
    try:
        ENGINE.read(kind.content, "kind.bpmn")
    except DeploymentRefused as refusal:
        return [finding for finding in refusal.findings if finding.error]
    return []


def outcome(kind: Kind) -> tuple[str, str]:
    """`runs`, `no effect` or `refused`, and why."""
    found = findings(kind)
    if not found:
        catalog = MemoryCatalog()
        catalog.deploy(kind.content)
        catalog.add_decision("d", lambda _: 1)
        kind.play(Run(catalog, {"key": "k", "ok": False}, reload=True, start=kind.start))
        return ("no effect", kind.why) if kind.why else ("runs", "")
    told = [finding for finding in found if finding.element_id == (kind.element or None)]
    assert told, f"{kind.name} is refused elsewhere: {found}"
    for finding in told:
        reason, _, remedy = finding.message.partition(". ")
        assert reason, finding
        assert remedy or "skal" in reason, f"no remedy: {finding}"
    return "refused", told[0].message


@pytest.mark.parametrize("name", KINDS)
def test_it_runs_or_is_refused(name: str) -> None:
    what, _ = outcome(KINDS[name])
    assert what != "refused" or name not in MUST_RUN


def test_the_walk_leaves_out_no_element_of_the_standard() -> None:
    walked = {tag for kind in KINDS.values() for tag in re.findall(rb"<bpmn:(\w+)", kind.content)}
    assert {element.encode() for element in ELEMENTS} - walked == set()


def test_what_must_run_is_walked() -> None:
    assert set(KINDS) >= MUST_RUN


def test_the_element_table(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [(name, *outcome(kind)) for name, kind in KINDS.items()]
    counts = {what: sum(row[1] == what for row in rows) for what in ("runs", "refused", "no effect")}
    lines = [f"{name:79} {what:9} {why}".rstrip() for name, what, why in rows]
    with capsys.disabled():
        sys.stdout.write("\n".join(["", *lines, ", ".join(f"{what}: {count}" for what, count in counts.items()), ""]))
    assert counts["runs"] >= len(MUST_RUN)
