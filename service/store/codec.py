"""Values as bytes before they are sealed: JSON, compressed when that pays, with a one-byte header."""

from __future__ import annotations

import threading
from typing import Any

import orjson
import zstandard

_PLAIN, _ZSTD = b"\x00", b"\x01"
_WORTH_COMPRESSING = 200
"""Bytes. Below this the frame costs more than it saves."""
_LARGEST = 256 * 1024 * 1024
_local = threading.local()


def pack(value: Any) -> bytes:
    """A JSON value as bytes. Raises TypeError for what is no JSON."""
    return squeeze(orjson.dumps(value))


def unpack(data: bytes) -> Any:
    return orjson.loads(expand(data))


def squeeze(data: bytes) -> bytes:
    if len(data) < _WORTH_COMPRESSING:
        return _PLAIN + data
    if not hasattr(_local, "compressor"):
        _local.compressor = zstandard.ZstdCompressor(level=1)
    small: bytes = _local.compressor.compress(data)
    return _ZSTD + small if len(small) < len(data) else _PLAIN + data


def expand(data: bytes) -> bytes:
    header, body = data[:1], data[1:]
    if header == _PLAIN:
        return body
    if header != _ZSTD:
        raise ValueError(f"unknown header {header!r} of a stored value")
    if not hasattr(_local, "decompressor"):
        _local.decompressor = zstandard.ZstdDecompressor()
    whole: bytes = _local.decompressor.decompress(body, max_output_size=_LARGEST)
    return whole
