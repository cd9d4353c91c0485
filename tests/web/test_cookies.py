"""The session's cookie: what it holds comes back, and nothing that we did not sign does."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask, session

from service.web.cookies import Cookies

KEY = b"a key for tests only, of 32 bytes"


def make_app(key: bytes = KEY, hours: int = 10, *, secure: bool = False) -> Flask:
    app = Flask(__name__)
    app.session_interface = Cookies(key, "session", lifetime=timedelta(hours=hours), secure=secure)
    app.add_url_rule("/sæt", "put", lambda: session.update(who="æøå", _flashes=[("success", "Gemt")]) or "")
    app.add_url_rule("/bliv", "stay", lambda: session.update(who="æøå", _permanent=True) or "")
    app.add_url_rule("/glem", "forget", forget)
    app.add_url_rule("/se", "look", lambda: dict(session))
    return app


def forget() -> str:
    session.clear()
    return ""


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
    assert seen(make_app(hours=-1), cookie_of(make_app())) == {}


def test_it_is_sent_when_something_has_changed() -> None:
    client = make_app().test_client()
    assert "Set-Cookie" in client.get("/sæt").headers
    assert "Set-Cookie" not in client.get("/se").headers


@pytest.mark.parametrize(
    ("path", "secure", "attributes"),
    [
        ("/sæt", False, {"HttpOnly", "Path=/", "SameSite=Lax"}),
        ("/bliv", False, {"HttpOnly", "Path=/", "SameSite=Lax", "Max-Age=36000"}),
        ("/sæt", True, {"HttpOnly", "Path=/", "SameSite=Lax", "Secure"}),
    ],
)
def test_how_long_it_lives_and_who_may_see_it(path: str, secure: bool, attributes: set[str]) -> None:
    sent = make_app(secure=secure).test_client().get(path).headers["Set-Cookie"]
    assert set(sent.split("; ")[1:]) == attributes


def test_a_cleared_session_takes_the_cookie_away() -> None:
    client = make_app().test_client()
    client.get("/sæt")
    client.get("/glem")
    assert client.get_cookie("session") is None
