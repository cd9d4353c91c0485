# ruff: noqa: S608 (text is put together from constants alone; every value is a parameter)
"""Keyset paging: merging sorted branches, cursors, capped totals."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol, TypeVar

from sqlalchemy import BigInteger, ColumnElement, Text
from sqlalchemy.types import TypeEngine

from service.domain.errors import BadInput
from service.domain.views import Page
from service.store.columns import NEVER, Due, Instant, instant_of, micros
from service.store.session import Session
from service.store.statements import ListOf, Written

Row = TypeVar("Row")
Raw = TypeVar("Raw")
CAP = 1000
"""Totals are counted no further than this."""
LONGEST_PAGE = 500
_WORDS = ListOf(Text())
_TYPES: Mapping[str, TypeEngine[Any]] = {
    "after_due": Due(),
    **dict.fromkeys(("overdue_before", "due_from"), Due()),
    **dict.fromkeys(
        ("opened_from", "opened_to", "begun_from", "begun_to", "closed_from", "closed_to", "open_at"), Instant()
    ),
    "cases": ListOf(BigInteger()),
    **dict.fromkeys(("kinds", "groups", "principals", "led"), _WORDS),
    **{f"names{number}": _WORDS for number in range(20)},
    **{f"kinds{number}": _WORDS for number in range(100)},
}
"""Types of parameters that drivers cannot tell from the values."""


def merged(branches: Sequence[str], order: str) -> str:
    """The first `:n` rows of all branches together, each row once.

    A branch is a whole SELECT without its LIMIT; `order` speaks of its columns by position.
    """
    limited = (f"SELECT * FROM ({branch} ORDER BY {order} LIMIT :n) AS b{i}" for i, branch in enumerate(branches))
    return f"SELECT * FROM ({' UNION '.join(limited)}) AS m ORDER BY {order} LIMIT :n"


def counted(branches: Sequence[str]) -> str:
    """How many rows all branches have together, each row once, up to `:n`."""
    limited = (f"SELECT * FROM ({branch} LIMIT :n) AS b{i}" for i, branch in enumerate(branches))
    return f"SELECT count(*) FROM (SELECT * FROM ({' UNION '.join(limited)}) AS m LIMIT :n) AS c"


def counted_apart(branches: Sequence[str]) -> str:
    """How many rows branches have together that share none, up to `:n`: stops as soon as it is there."""
    return f"SELECT count(*) FROM (SELECT 1 FROM ({' UNION ALL '.join(branches)}) AS m LIMIT :n) AS c"


def written(sql: str, columns: Sequence[ColumnElement[Any]] = ()) -> Written:
    """A statement whose parameters have the types that their names stand for."""
    return Written(sql, columns, {name: kind for name, kind in _TYPES.items() if re.search(rf":{name}\b", sql)})


class Asked(Protocol):
    """What every list query has."""

    @property
    def after(self) -> str | None: ...
    @property
    def limit(self) -> int: ...


def total(
    session: Session, apart: Written | None, together: Written, parameters: dict[str, object], rows: int, query: Asked
) -> int:
    """The capped total.

    No look-up when the first page holds everything, and mostly a cheap one: where branches that share no rows
    (`apart`) reach the cap, nobody needs to know how many rows all branches have.
    """
    if query.after is None and rows <= page_size(query):
        return rows
    upto = parameters | {"n": CAP + 1}
    if apart is not None and session.value(apart, upto) > CAP:
        return CAP + 1
    return int(session.value(together, upto))


def page_size(query: Asked) -> int:
    return max(1, min(query.limit, LONGEST_PAGE))


def page(
    rows: Sequence[Raw], read: Callable[[Raw], Row], cursor: Callable[[Raw], str], size: int, found: int
) -> Page[Row]:
    """A page of the first `size` rows; one more row than that means there is a next page."""
    more = len(rows) > size
    shown = rows[:size]
    return Page(
        rows=[read(row) for row in shown],
        next=cursor(shown[-1]) if more else None,
        total=min(found, CAP),
        total_capped=found > CAP,
    )


def due_cursor(due: datetime | None, key: int) -> str:
    return _encode(micros(due or NEVER), key)


def read_due_cursor(cursor: str) -> tuple[datetime, int]:
    """Raises `BadInput` for a cursor that no page gave."""
    parts = _decode(cursor, 2)
    return instant_of(parts[0]), parts[1]


def key_cursor(key: int) -> str:
    return _encode(key)


def read_key_cursor(cursor: str) -> int:
    return _decode(cursor, 1)[0]


def _encode(*numbers: int) -> str:
    return base64.urlsafe_b64encode(".".join(map(str, numbers)).encode()).decode().rstrip("=")


def _decode(cursor: str, length: int) -> list[int]:
    try:
        plain = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
        numbers = [int(part) for part in plain.split(".")]
        if len(numbers) != length or not all(0 <= n < 2**63 for n in numbers):
            raise ValueError(cursor)
        instant_of(numbers[0]) if length > 1 else None
    except (ValueError, binascii.Error, OverflowError, UnicodeError):
        raise BadInput(why="Siden findes ikke: åbn listen forfra.") from None
    return numbers
