"""The session's cookie: what Flask keeps in a session, signed by itsdangerous, in less time than Flask's own takes.

Flask's serializer marks the types of values that JSON has no word for and derives its key anew for every request. Our
sessions hold texts and lists of texts, and the key that is handed in serves no other purpose.
"""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import orjson
from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import BadPayload, TimestampSigner


class Cookies(SecureCookieSessionInterface):
    """Flask's session interface around our cookie."""

    def __init__(self, secret_key: bytes) -> None:
        self._cookie = _Cookie(secret_key)

    def get_signing_serializer(self, app: Flask) -> Any:
        return self._cookie


class _Cookie:
    """The two calls that Flask makes to its serializer."""

    def __init__(self, secret_key: bytes) -> None:
        self._signer = TimestampSigner(secret_key, key_derivation="none", digest_method=hashlib.sha256)

    def dumps(self, session: dict[str, Any]) -> str:
        return self._signer.sign(base64.urlsafe_b64encode(orjson.dumps(session))).decode()

    def loads(self, text: str, max_age: int | None = None) -> dict[str, Any]:
        """Raises BadSignature for what we did not sign, or signed longer ago than `max_age` seconds."""
        try:
            session: dict[str, Any] = orjson.loads(base64.urlsafe_b64decode(self._signer.unsign(text, max_age)))
        except ValueError as fault:
            raise BadPayload("no session", original_error=fault) from fault
        return session
