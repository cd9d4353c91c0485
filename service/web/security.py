"""What protects pages: headers, the session cookie, tokens against forged requests, and patience with wrong passwords."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from hmac import compare_digest
from math import ceil

from flask import Flask, Response, abort, current_app, g, request, session
from markupsafe import Markup, escape

from service.domain.access import Person
from service.web.cookies import Cookies

POLICY: Mapping[str, str] = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "font-src": "'self'",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "worker-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
}
EDITOR_POLICY: Mapping[str, str] = {**POLICY, "style-src-attr": "'unsafe-inline'", "img-src": "'self' data:"}
"""For the drawing programs, which set styles on their elements and draw small pictures of their own."""
CONTENT_POLICY: Mapping[str, str] = {
    "pdf": "default-src 'none'; object-src 'self'; img-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'",
    "other": "sandbox; default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'",
}
"""For documents of cases: they run nothing and fetch nothing. Browsers refuse to show PDF in a sandbox."""
HEADERS: Mapping[str, str] = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
CSRF_FIELD, CSRF_HEADER = "_csrf", "X-CSRF-Token"
LANGUAGE = "language"
"""The session's key for the chosen language."""
_TOKEN, _WHO, _SINCE = "csrf", "who", "since"


@cache
def write_policy(*, editor: bool = False, frames: bool = False) -> str:
    """The header's value. `frames` lets a page show a document of ours inside it."""
    policy = {**(EDITOR_POLICY if editor else POLICY), **({"frame-src": "'self'"} if frames else {})}
    return "; ".join(f"{name} {value}" for name, value in policy.items())


def protect(app: Flask, *, secret_key: bytes, secure_cookies: bool, session_hours: int) -> None:
    """Give every answer its headers, sign the session cookie, and refuse posts without the session's token.

    Blueprints that answer programs set `for_programs = True`: they ask for credentials with every request, take no
    session, and so need neither a token nor a row in the table of who may open what.
    """
    lifetime = timedelta(hours=session_hours)
    name = "__Host-forloeb" if secure_cookies else "forloeb"
    app.session_interface = Cookies(secret_key, name, lifetime=lifetime, secure=secure_cookies)
    app.config.update(
        PERMANENT_SESSION_LIFETIME=lifetime,
        MAX_CONTENT_LENGTH=16 * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=4 * 1024 * 1024,
        MAX_FORM_PARTS=20_000,
    )
    app.before_request(_refuse_forged)
    app.after_request(lambda answer: _add_headers(answer, secure_cookies))


def _add_headers(answer: Response, secure: bool) -> Response:
    answer.headers.setdefault("Content-Security-Policy", write_policy(editor=bool(g.get("editor_page"))))
    for name, value in HEADERS.items():
        answer.headers.setdefault(name, value)
    if secure:
        answer.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    answer.headers.setdefault("Cache-Control", "no-store")
    return answer


def allow_editor() -> None:
    """This page holds a drawing program."""
    g.editor_page = True


# -- forged requests ------------------------------------------------------------------------------------------------------


def csrf_token() -> str:
    """The session's token, made when it is first asked for."""
    if _TOKEN not in session:
        session[_TOKEN] = secrets.token_urlsafe(32)
    token: str = session[_TOKEN]
    return token


def csrf_field() -> Markup:
    """A hidden field with the token, for every form that posts."""
    return Markup(f'<input type="hidden" name="{CSRF_FIELD}" value="{escape(csrf_token())}">')  # noqa: S704


def is_for_programs(app: Flask, endpoint: str) -> bool:
    """Whether an endpoint belongs to a blueprint that answers programs."""
    return bool(getattr(app.blueprints.get(endpoint.partition(".")[0]), "for_programs", False))


def _refuse_forged() -> None:
    if request.method in SAFE_METHODS or request.endpoint is None or is_for_programs(current_app, request.endpoint):
        return
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        abort(400, description="csrf")
    sent = request.headers.get(CSRF_HEADER) or request.form.get(CSRF_FIELD, "")
    if not compare_digest(sent.encode(), str(session.get(_TOKEN, "")).encode()) or not sent:
        abort(400, description="csrf")


# -- the session ----------------------------------------------------------------------------------------------------------


def begin_session(person: Person, now: datetime) -> None:
    """Begin a session for this person; whatever the cookie held before is gone, but for the language."""
    kept = session.get(LANGUAGE)
    session.clear()
    session[_WHO], session[_SINCE] = person.username, now.isoformat()
    if kept:
        session[LANGUAGE] = kept
    session.permanent = True


def signed_in(now: datetime) -> str | None:
    """The user name of the session; None without one, or when it is older than sessions may be."""
    who, since = session.get(_WHO), session.get(_SINCE)
    if not isinstance(who, str) or not isinstance(since, str):
        return None
    age = now - datetime.fromisoformat(since)
    return who if timedelta() <= age < current_app.permanent_session_lifetime else None


def own_path(address: str) -> str:
    """The address if it is a path of this site, else empty: a link from outside must not choose where one lands."""
    outside = not address.startswith("/") or address.startswith(("//", "/\\")) or any(c < " " for c in address)
    return "" if outside else address


# -- wrong passwords ------------------------------------------------------------------------------------------------------


class LoginThrottle:
    """Makes those who guess wait. After a few wrong answers for a user name, or many from one address, each further one
    doubles the wait, up to a quarter of an hour. Per process; safe to share between threads.
    """

    FREE: Mapping[str, int] = {"name": 5, "address": 30}
    LONGEST = timedelta(minutes=15)
    FORGET = timedelta(hours=1)
    MOST = 10_000

    def __init__(self) -> None:
        self._failures: dict[tuple[str, str], tuple[int, datetime]] = {}
        self._lock = threading.Lock()

    def wait(self, username: str, address: str, now: datetime) -> int:
        """Seconds until this name may be tried again from this address; 0: now."""
        with self._lock:
            left = max(self._left(key, now) for key in _keys(username, address))
        return ceil(left.total_seconds())

    def failed(self, username: str, address: str, now: datetime) -> None:
        """A wrong answer."""
        with self._lock:
            if len(self._failures) >= self.MOST:
                self._forget(now)
            for key in _keys(username, address):
                count, last = self._failures.get(key, (0, now))
                self._failures[key] = (1 if now - last > self.FORGET else count + 1, now)

    def succeeded(self, username: str, address: str) -> None:
        """A right answer clears the name; the address keeps its count."""
        with self._lock:
            self._failures.pop(_keys(username, address)[0], None)

    def _left(self, key: tuple[str, str], now: datetime) -> timedelta:
        count, last = self._failures.get(key, (0, now))
        over = count - self.FREE[key[0]]
        if over < 0:
            return timedelta()
        return max(min(timedelta(seconds=2 ** min(over, 20)), self.LONGEST) - (now - last), timedelta())

    def _forget(self, now: datetime) -> None:
        """Drop what is old, and the older half of the rest."""
        fresh = sorted((last, key) for key, (_, last) in self._failures.items() if now - last <= self.FORGET)
        self._failures = {key: self._failures[key] for _, key in fresh[-self.MOST // 2 :]}


def _keys(username: str, address: str) -> tuple[tuple[str, str], tuple[str, str]]:
    return ("name", username.strip().lower()), ("address", address)


throttle = LoginThrottle()
"""The log-in page's."""
