"""The session's cookie: JSON, signed. What Flask's own does, for what our sessions hold, in a fraction of the time.

Answers do not say `Vary: Cookie`: pages are never stored by anybody, and what browsers may keep is the same for all.
"""

from __future__ import annotations

import base64
import hashlib
from datetime import timedelta
from typing import Any

import orjson
from flask import Flask, Request, Response
from flask.sessions import SecureCookieSession, SessionInterface, SessionMixin
from itsdangerous import BadSignature, TimestampSigner


class Cookies(SessionInterface):
    """Sessions of JSON values. Sent anew only when something in them has changed."""

    def __init__(self, secret_key: bytes, name: str, *, lifetime: timedelta, secure: bool = False) -> None:
        """`secret_key` serves nothing else. A permanent session ends after `lifetime`, others with the browser."""
        self._signer = TimestampSigner(secret_key, key_derivation="none", digest_method=hashlib.sha256)
        self._name, self._seconds = name, int(lifetime.total_seconds())
        self._attributes = f"; HttpOnly; Path=/; SameSite=Lax{'; Secure' if secure else ''}"

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession:
        """What the cookie holds; an empty session when we did not sign it, or too long ago."""
        signed = request.cookies.get(self._name)
        return SecureCookieSession(self._read(signed) if signed else None)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if not session.modified:
            return
        age = f"; Max-Age={self._seconds}" if session.permanent else ""
        value = self._written(session) if session else ""
        response.headers.add("Set-Cookie", f"{self._name}={value}{age if session else '; Max-Age=0'}{self._attributes}")

    def _read(self, signed: str) -> dict[str, Any] | None:
        try:
            text = self._signer.unsign(signed, max_age=self._seconds)
            session: dict[str, Any] = orjson.loads(base64.urlsafe_b64decode(text))
        except (BadSignature, ValueError):
            return None
        return session

    def _written(self, session: SessionMixin) -> str:
        return self._signer.sign(base64.urlsafe_b64encode(orjson.dumps(dict(session)))).decode()
