"""Values on their way to the database: packing, instants, search words, cursors."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import postgresql, sqlite

from service.domain.errors import BadInput
from service.store.codec import expand, pack, squeeze, unpack
from service.store.columns import NEVER, Due, Instant, instant_of, micros
from service.store.queries.paging import due_cursor, key_cursor, read_due_cursor, read_key_cursor
from service.store.search_words import wanted, words_of

json = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner),
    max_leaves=20,
)
instants = st.datetimes(datetime(1900, 1, 1), datetime(9998, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(json)
def test_json_comes_back(value: Any) -> None:
    assert unpack(pack(value)) == value


@given(st.binary(max_size=2000))
def test_bytes_come_back(value: bytes) -> None:
    assert expand(squeeze(value)) == value
    assert len(squeeze(value)) <= len(value) + 1


def test_what_repeats_gets_smaller() -> None:
    assert len(squeeze(b"opgave" * 1000)) < 200


def test_an_unknown_header_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown header"):
        expand(b"\x09abc")


def test_what_is_no_json_is_refused() -> None:
    with pytest.raises(TypeError):
        pack({"a": object()})


@given(instants)
def test_instants_come_back_exactly(instant: datetime) -> None:
    assert instant_of(micros(instant)) == instant
    for dialect in (sqlite.dialect(), postgresql.dialect()):
        for kind in (Instant(), Due()):
            stored = kind.process_bind_param(instant, dialect)
            assert kind.process_result_value(stored, dialect) == instant


@given(instants, instants)
def test_instants_sort_as_they_are_stored(one: datetime, other: datetime) -> None:
    assert (micros(one) < micros(other)) == (one < other)


def test_no_instant_sorts_last_and_comes_back_as_none() -> None:
    for dialect in (sqlite.dialect(), postgresql.dialect()):
        stored = Due().process_bind_param(None, dialect)
        assert stored > Due().process_bind_param(datetime(9999, 1, 1, tzinfo=UTC), dialect)
        assert Due().process_result_value(stored, dialect) is None
        assert Instant().process_bind_param(None, dialect) is None


def test_other_zones_are_the_same_instant() -> None:
    here = datetime(2026, 3, 2, 9, 0, tzinfo=timezone(timedelta(hours=1)))
    assert micros(here) == micros(datetime(2026, 3, 2, 8, 0, tzinfo=UTC))


def test_a_naive_datetime_is_a_mistake() -> None:
    with pytest.raises(TypeError):
        micros(datetime(2026, 3, 2))  # noqa: DTZ001


def test_words() -> None:
    assert words_of("Åse Test-Østergård O'Neill") == ["åse", "test", "østergård", "o", "neill"]
    assert words_of("2026-000123") == ["2026", "000123", "123"]
    assert words_of("") == []
    assert wanted(("Åse", "2026-000123", "abcdefghijklmnop")) == ["åse", "2026", "000123", "abcdefghijkl"]
    assert wanted(("A\u030ase", "ﬁn")) == ["åse", "fin"], "however the letters are put together"
    with pytest.raises(BadInput):
        wanted(("å",))


@given(st.none() | instants.filter(lambda i: i.year > 1970), st.integers(0, 2**63 - 1))
def test_cursors_come_back(due: datetime | None, key: int) -> None:
    assert read_due_cursor(due_cursor(due, key)) == (due or NEVER, key)
    assert read_key_cursor(key_cursor(key)) == key


@given(st.text())
def test_other_cursors_are_refused_and_nothing_else_happens(text: str) -> None:
    for read in (read_due_cursor, read_key_cursor):
        try:
            read(text)
        except BadInput:
            continue
