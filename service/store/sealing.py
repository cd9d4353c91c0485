"""Encryption at rest: a master key outside the database wraps one data key per case, instance and citizen.

Ciphertext is AES-256-GCM with a random nonce. The place of a value (table, column, row key) and the version of its data
key are authenticated with it, so that ciphertext moved to another row or column does not open. What must be found
without being read goes through blind indexes: keyed hashes whose keys are derived from the first master key.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from service.domain.errors import SetupFault

_NONCE = 12
_KEY = 32
_FORMAT = b"\x01"
INDEX_BYTES = 16
"""Length of a blind index value."""


@dataclass(frozen=True, slots=True)
class MasterKey:
    number: int
    """1, 2, 3 …; the highest wraps new data keys, older ones still unwrap."""
    secret: bytes


class DataKey:
    """Seals and opens the values of one owner (a case, an instance, a citizen)."""

    __slots__ = ("_cipher", "_suffix", "version")

    def __init__(self, secret: bytes, version: int) -> None:
        self._cipher = AESGCM(secret)
        self._suffix = b":v%d" % version
        self.version = version

    def seal(self, place: bytes, plain: bytes) -> bytes:
        nonce = os.urandom(_NONCE)
        return _FORMAT + nonce + self._cipher.encrypt(nonce, plain, place + self._suffix)

    def open(self, place: bytes, sealed: bytes) -> bytes:
        """Raises `SetupFault` when the value was changed, moved, or sealed with another key."""
        try:
            return self._cipher.decrypt(sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :], place + self._suffix)
        except InvalidTag:
            where = place.decode()
            why = f"En krypteret værdi i databasen ({where}) kan ikke læses: den er ændret eller krypteret med en anden nøgle."
            raise SetupFault(why=why) from None


class Sealer:
    """Everything that needs the master key. Safe to share between threads."""

    def __init__(self, keys: Sequence[MasterKey]) -> None:
        if not keys:
            raise SetupFault(why="Hovednøglen mangler: filen indeholder ingen nøgle.")
        ordered = sorted(keys, key=lambda k: k.number)
        self._wrapping = {k.number: _derive(k.secret, "wrap") for k in ordered}
        self._newest = ordered[-1].number
        self._first = ordered[0].secret
        self._index_keys: dict[str, bytes] = {}
        self._house = DataKey(_derive(self._first, "house"), 1)
        self._unwrap = lru_cache(maxsize=4096)(self._unwrapped)

    @classmethod
    def fresh(cls) -> Sealer:
        """A sealer with a new master key that exists nowhere else: what it seals is lost with it."""
        return cls([MasterKey(1, os.urandom(_KEY))])

    @classmethod
    def from_text(cls, text: str) -> Sealer:
        """From lines `NUMBER BASE64`, or a single line `BASE64`. Raises `SetupFault` on anything else."""
        lines = [line.split() for line in text.splitlines() if line.strip()]
        return cls([_parse(parts, alone=len(lines) == 1) for parts in lines])

    @classmethod
    def from_file(cls, path: Path, *, create: bool = False) -> Sealer:
        """From a file that only its owner may read; with `create` it is made (mode 600) when it does not exist.

        Raises `SetupFault` when it is missing, readable by others, or no key file.
        """
        if create and not path.exists():
            create_master_key(path)
        try:
            about, text = path.stat(), path.read_text("ascii")
        except FileNotFoundError:
            raise SetupFault(why=f"Hovednøglens fil {path} findes ikke. Uden den kan ingen data læses.") from None
        except (OSError, UnicodeDecodeError) as fault:
            raise SetupFault(why=f"Hovednøglens fil {path} kan ikke læses: {fault}") from fault
        if about.st_uid == os.getuid() and stat.S_IMODE(about.st_mode) & 0o077:
            raise SetupFault(why=f"Hovednøglens fil {path} kan læses af andre. Ret det med: chmod 600 {path}")
        return cls.from_text(text)

    def new_data_key(self, owner: int) -> tuple[DataKey, bytes]:
        """A new data key for this owner, and how it is stored: wrapped."""
        secret, nonce = os.urandom(_KEY), os.urandom(_NONCE)
        wrapped = AESGCM(self._wrapping[self._newest]).encrypt(nonce, secret, b"data_key:%d" % owner)
        return DataKey(secret, 1), bytes([self._newest]) + nonce + wrapped

    def unwrap(self, owner: int, version: int, wrapped: bytes) -> DataKey:
        """The data key again. Raises `SetupFault` when this master key did not wrap it."""
        return self._unwrap(owner, version, wrapped)

    def rewrap(self, owner: int, wrapped: bytes) -> bytes | None:
        """The same data key wrapped by the newest master key; None when it is already."""
        if wrapped[0] == self._newest:
            return None
        nonce = os.urandom(_NONCE)
        sealed = AESGCM(self._wrapping[self._newest]).encrypt(
            nonce, self._secret(owner, wrapped), b"data_key:%d" % owner
        )
        return bytes([self._newest]) + nonce + sealed

    def index(self, purpose: str, *parts: str) -> bytes:
        """A blind index: the same parts give the same 16 bytes, and nobody without the master key can try values."""
        return self.mac(purpose, "\x1f".join(parts).encode())[:INDEX_BYTES]

    def mac(self, purpose: str, data: bytes) -> bytes:
        """A keyed hash of 32 bytes, with a key of its own per purpose."""
        key = self._index_keys.get(purpose)
        if key is None:
            key = self._index_keys[purpose] = _derive(self._first, f"index {purpose}")
        return hmac.digest(key, data, "sha256")

    @property
    def house(self) -> DataKey:
        """For what belongs to nobody yet, such as a buffered message."""
        return self._house

    def fingerprint(self) -> bytes:
        """Stored in the database, so that a wrong master key is noticed before anything is read or written with it."""
        return self.index("fingerprint", "forløb")

    def _unwrapped(self, owner: int, version: int, wrapped: bytes) -> DataKey:
        return DataKey(self._secret(owner, wrapped), version)

    def _secret(self, owner: int, wrapped: bytes) -> bytes:
        try:
            wrapping = self._wrapping[wrapped[0]]
            return AESGCM(wrapping).decrypt(wrapped[1 : 1 + _NONCE], wrapped[1 + _NONCE :], b"data_key:%d" % owner)
        except (KeyError, InvalidTag):
            raise SetupFault(
                why="En datanøgle kan ikke åbnes: det er ikke den hovednøgle, den er lukket med."
            ) from None


def create_master_key(path: Path) -> None:
    """A new key file, readable by its owner alone. Raises `SetupFault` when there is one already."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        raise SetupFault(why=f"Der er allerede en hovednøgle i {path}; den overskrives aldrig.") from None
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(f"1 {base64.b64encode(os.urandom(_KEY)).decode()}\n")
        file.flush()
        os.fsync(file.fileno())


def _derive(secret: bytes, purpose: str) -> bytes:
    return HKDF(SHA256(), length=_KEY, salt=None, info=f"forloeb {purpose}".encode()).derive(secret)


def _parse(parts: Sequence[str], *, alone: bool) -> MasterKey:
    number, encoded = ("1", parts[0]) if alone and len(parts) == 1 else (parts[0], parts[-1])
    try:
        key = MasterKey(int(number), base64.b64decode(encoded, validate=True))
    except (ValueError, binascii.Error):
        key = MasterKey(0, b"")
    if len(parts) > 2 or len(key.secret) != _KEY or not 1 <= key.number <= 255:
        raise SetupFault(why="Hovednøglen kan ikke læses. Hver linje skal være: NUMMER NØGLE (32 bytes i base64).")
    return key
