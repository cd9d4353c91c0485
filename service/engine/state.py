"""An instance's state as bytes and back: one header byte, then zstd-compressed JSON.

Kept are the tokens and waits (key, element, task state, own data) of the root and of every nested workflow, and the
variables. Everything else – which workflow a container holds, who sees what – follows from the definitions.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import orjson
import zstandard
from SpiffWorkflow.util.task import TaskState

from service.domain.definitions import Catalog
from service.domain.errors import EngineFailed
from service.domain.instances import InstanceStatus
from service.domain.ports import Keys

from .pruning import prune
from .runtime import Runtime
from .specs.workflow import Inside, QuietTask
from .subscriptions import CONDITION

HEADER = b"\x01"
"""Version 1 of the format."""
MAX_STATE = 256 * 1024 * 1024
"""Bytes a decompressed state may have."""

_tools = threading.local()


def dump(runtime: Runtime) -> bytes:
    """The state, pruned of what is finished."""
    prune(runtime)
    top = runtime.top
    order = sorted(top.subprocesses.values(), key=lambda workflow: workflow.depth)
    plain = {
        "definition": top.home.definition_key,
        "instance": top.home.key,
        "status": str(runtime.status),
        "tasks": _rows(top),
        "nested": [[workflow.container.id, _rows(workflow)] for workflow in order],
        "variables": [[key, values] for key, values in runtime.scopes.values.items() if values],
        **({"undo": runtime.undo} if runtime.undo else {}),
        **({"ending": True} if runtime.ending else {}),
    }
    packed: bytes = _compressor().compress(orjson.dumps(plain))
    return HEADER + packed


def _rows(workflow: Inside) -> list[list[Any]]:
    return [
        [task.id, task.task_spec.name, task._state, task.internal_data]
        for task in workflow.tasks.values()
        if task.id > 0 and task._state & TaskState.NOT_FINISHED_MASK
    ]


def load(catalog: Catalog, state: bytes, now: datetime, keys: Keys) -> Runtime:
    """The instance as it rested. Raises `EngineFailed` for bytes that are no state, `NotFound` without its definition."""
    plain = _read(state)
    values = dict(plain["variables"])
    runtime = Runtime(catalog, now, keys, plain["instance"], values)
    runtime.status = InstanceStatus(plain["status"])
    runtime.undo = plain.get("undo", [])
    runtime.ending = plain.get("ending", False)
    top = runtime.open_root(plain["definition"])
    top.completed = runtime.status is not InstanceStatus.ACTIVE
    _fill(runtime, top, plain["tasks"])
    for container, rows in plain["nested"]:
        _fill(runtime, runtime.nest(runtime.index[container]), rows)
    return runtime


def _fill(runtime: Runtime, workflow: Inside, rows: Sequence[Any]) -> None:
    root = runtime.root_task(workflow, TaskState.COMPLETED)
    specs = workflow.spec.task_specs
    for key, name, state, data in rows:
        spec = specs.get(name)
        if spec is None:
            raise EngineFailed(why=f"trinnet '{name}' findes ikke i den version, forløbet kører på")
        task = QuietTask(workflow, spec, parent=root, state=state, id=key)
        task.internal_data = data
        runtime.index[key] = task
        if "wait" in data:
            if data["wait"].get("bound"):
                runtime.bound[key] = None
            if data["wait"]["k"] == CONDITION:
                runtime.watch(task)


def _read(state: bytes) -> Any:
    if state[:1] != HEADER:
        found = state[:1].hex() or "intet"
        raise EngineFailed(
            why=f"tilstanden er gemt i et format, som denne udgave ikke kender (mærke {found}, ventet {HEADER.hex()})"
        )
    try:
        return orjson.loads(_decompressor().decompress(state[1:], max_output_size=MAX_STATE))
    except (zstandard.ZstdError, orjson.JSONDecodeError) as fault:
        raise EngineFailed(why="den gemte tilstand er beskadiget") from fault


def _compressor() -> Any:
    """One per thread: zstandard's are not to be shared."""
    if not hasattr(_tools, "compressor"):
        _tools.compressor = zstandard.ZstdCompressor(level=3)
    return _tools.compressor


def _decompressor() -> Any:
    if not hasattr(_tools, "decompressor"):
        _tools.decompressor = zstandard.ZstdDecompressor()
    return _tools.decompressor
