"""The log: JSON lines on the error stream, so that a command's own output stays clean."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from service.workers import logs


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    yield
    structlog.reset_defaults()


def test_lines_are_json_on_the_error_stream(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure()
    structlog.get_logger("prøve").info("job run", job=7, type="brev")
    out, err = capsys.readouterr()
    assert out == ""
    line = json.loads(err)
    assert (line["event"], line["job"], line["type"], line["level"]) == ("job run", 7, "brev", "info")
    assert line["timestamp"].endswith("Z")


def test_lesser_lines_are_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(logging.WARNING)
    log = structlog.get_logger("prøve")
    log.info("job run")
    log.warning("handler failed")
    assert [json.loads(line)["event"] for line in capsys.readouterr().err.splitlines()] == ["handler failed"]
