"""Sealing: what opens, what does not, and how the master key is kept."""

from __future__ import annotations

import base64
import os
import stat
from pathlib import Path

import pytest

from service.domain.errors import SetupFault
from service.store.sealing import MasterKey, Sealer, create_master_key

PLACE = b"note.content:1:2"


def test_a_sealed_value_opens_in_its_place_only() -> None:
    key, _ = Sealer.fresh().new_data_key(1)
    sealed = key.seal(PLACE, b"hemmelig")
    assert key.open(PLACE, sealed) == b"hemmelig"
    assert b"hemmelig" not in sealed
    with pytest.raises(SetupFault, match=r"note\.content:1:3"):
        key.open(b"note.content:1:3", sealed)


def test_every_changed_byte_is_noticed() -> None:
    key, _ = Sealer.fresh().new_data_key(1)
    sealed = key.seal(PLACE, b"x")
    for at in range(1, len(sealed)):
        changed = bytearray(sealed)
        changed[at] ^= 1
        with pytest.raises(SetupFault):
            key.open(PLACE, bytes(changed))


def test_the_same_value_is_never_sealed_alike() -> None:
    key, _ = Sealer.fresh().new_data_key(1)
    assert len({key.seal(PLACE, b"x") for _ in range(100)}) == 100


def test_a_data_key_opens_for_its_owner_and_master_key_only() -> None:
    sealer = Sealer.fresh()
    key, wrapped = sealer.new_data_key(7)
    sealed = key.seal(PLACE, b"x")
    assert sealer.unwrap(7, 1, wrapped).open(PLACE, sealed) == b"x"
    for other, owner in ((sealer, 8), (Sealer.fresh(), 7)):
        with pytest.raises(SetupFault, match="hovednøgle"):
            other.unwrap(owner, 1, wrapped)
    with pytest.raises(SetupFault):
        sealer.unwrap(7, 2, wrapped).open(PLACE, sealed)


def test_blind_indexes_are_equal_for_equal_parts_and_purposes_alone() -> None:
    sealer = Sealer.fresh()
    first = sealer.index("cpr", "0101019998")
    assert first == sealer.index("cpr", "0101019998")
    others = [
        sealer.index("cpr", "0101019999"),
        sealer.index("search", "0101019998"),
        sealer.index("cpr", "01010", "19998"),
        Sealer.fresh().index("cpr", "0101019998"),
    ]
    assert first not in others
    assert len(first) == 16


def test_a_new_master_key_is_added_and_the_old_one_still_opens() -> None:
    old, new = MasterKey(1, os.urandom(32)), MasterKey(2, os.urandom(32))
    before, after, only_new = Sealer([old]), Sealer([new, old]), Sealer([new])
    key, wrapped = before.new_data_key(5)
    sealed = key.seal(PLACE, b"x")
    assert after.unwrap(5, 1, wrapped).open(PLACE, sealed) == b"x"
    assert after.index("cpr", "1") == before.index("cpr", "1"), "blind indexes stay"
    again = after.rewrap(5, wrapped)
    assert again is not None
    assert only_new.unwrap(5, 1, again).open(PLACE, sealed) == b"x"
    assert after.rewrap(5, again) is None


def test_the_key_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "sub" / "master.key"
    made = Sealer.from_file(path, create=True)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert Sealer.from_file(path).fingerprint() == made.fingerprint()
    assert Sealer.from_file(path, create=True).fingerprint() == made.fingerprint()
    with pytest.raises(SetupFault, match="overskrives aldrig"):
        create_master_key(path)
    path.chmod(0o640)
    with pytest.raises(SetupFault, match="chmod 600"):
        Sealer.from_file(path)


def test_a_missing_key_file_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(SetupFault, match="findes ikke"):
        Sealer.from_file(tmp_path / "none")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n\n",
        "x",
        "1 x",
        "1 " + base64.b64encode(b"short").decode(),
        "0 " + base64.b64encode(b"k" * 32).decode(),
        "a b c",
        "256 " + base64.b64encode(b"k" * 32).decode(),
    ],
)
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(SetupFault, match=r"[Hh]ovednøglen"):
        Sealer.from_text(text)


def test_a_key_may_come_as_text_alone() -> None:
    secret = base64.b64encode(b"k" * 32).decode()
    assert Sealer.from_text(secret).fingerprint() == Sealer.from_text(f"1 {secret}\n").fingerprint()
