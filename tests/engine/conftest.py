"""Every scenario runs twice: through bytes after every stimulus, and kept alive without ever being pruned."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from .driver import Run

Runner = Callable[..., Run]


@pytest.fixture(params=[True, False], ids=["reloaded", "kept"])
def run(request: pytest.FixtureRequest) -> Runner:
    return partial(Run, reload=request.param)
