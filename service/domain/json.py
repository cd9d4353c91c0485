"""JSON values as Python types."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Json = Any
"""A JSON value: bool, int, float, str, None, or a list or dict (string keys) of such."""

Variables = Mapping[str, Json]
"""Variable names to JSON values."""
