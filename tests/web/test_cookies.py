"""The session's cookie: what it holds comes back, and nothing that we did not sign does."""

from __future__ import annotations

import pytest
from flask import Flask, session

from service.web.cookies import Cookies

KEY = b"a key for tests only, of 32 bytes"


def make_app(key: bytes = KEY) -> Flask:
    app = Flask(__name__)
    app.secret_key = key
    app.session_interface = Cookies(key)
    app.add_url_rule("/sæt", "put", lambda: session.update(who="æøå", _flashes=[("success", "Gemt")]) or "")
    app.add_url_rule("/se", "look", lambda: dict(session))
    return app


def cookie_of(app: Flask) -> str:
    client = app.test_client()
    client.get("/sæt")
    found = client.get_cookie("session")
    assert found is not None
    return str(found.value)


def seen(app: Flask, cookie: str) -> object:
    client = app.test_client()
    client.set_cookie("session", cookie)
    return client.get("/se").get_json()


def test_what_it_holds_comes_back() -> None:
    app = make_app()
    assert seen(app, cookie_of(app)) == {"who": "æøå", "_flashes": [["success", "Gemt"]]}


@pytest.mark.parametrize("at", [0, 5, -30, -2])
def test_a_changed_cookie_is_no_session(at: int) -> None:
    app = make_app()
    cookie = cookie_of(app)
    letters = list(cookie)
    letters[at] = "B" if letters[at] == "A" else "A"
    assert seen(app, "".join(letters)) == {}


@pytest.mark.parametrize("cookie", ["", "x", ".", "a.b.c", "bm90aGluZw.AAAA.AAAA"])
def test_nonsense_is_no_session(cookie: str) -> None:
    assert seen(make_app(), cookie) == {}


def test_another_key_opens_nothing() -> None:
    assert seen(make_app(b"another key for tests, of 32 byte"), cookie_of(make_app())) == {}


def test_an_old_cookie_is_no_session() -> None:
    app = make_app()
    cookie = cookie_of(app)
    app.config["PERMANENT_SESSION_LIFETIME"] = -1
    assert seen(app, cookie) == {}
