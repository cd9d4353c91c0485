"""The service knows no procedure: their words stand under `processes/`, `forms/` and in the handbook only."""

from __future__ import annotations

import re
from pathlib import Path

import service

SERVICE = Path(service.__file__).parent
ELSEWHERE = ("frontend/node_modules", "web/static/dist", "web/help")
"""Made by others, built, or the handbook."""
KINDS = frozenset({".py", ".html", ".css", ".js", ".mjs", ".json"})
WORDS = re.compile(
    r"mentor|udskrivning|discharge|psykiatri|fremskudt|outreach|\bskp\b|jobcent|fælles.?borger", re.IGNORECASE
)


def test_the_service_speaks_of_no_procedure() -> None:
    sources = [p for p in SERVICE.rglob("*") if p.suffix in KINDS and p.is_file()]
    ours = [p for p in sources if not p.relative_to(SERVICE).as_posix().startswith(ELSEWHERE)]
    assert len(ours) > 200
    found = [
        f"{path.relative_to(SERVICE)}:{number}: {line.strip()[:80]}"
        for path in ours
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if WORDS.search(line)
    ]
    assert not found, "\n".join(found)
