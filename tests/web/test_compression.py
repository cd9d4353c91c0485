"""Pages are sent compressed to those who can read them."""

from __future__ import annotations

import gzip

import pytest
from flask import Flask, Response

from service.web import compression

PAGE = "<p>Æbler og pærer</p>" * 200


@pytest.fixture
def app() -> Flask:
    app = Flask(__name__)
    compression.install(app)
    app.add_url_rule("/side", "page", lambda: PAGE)
    app.add_url_rule("/kort", "short", lambda: "<p>Kort</p>")
    app.add_url_rule("/billede", "picture", lambda: Response(b"x" * 5000, mimetype="image/png"))
    app.add_url_rule("/strøm", "stream", lambda: Response((PAGE for _ in range(3)), mimetype="text/html"))
    app.add_url_rule("/pakket", "packed", lambda: Response(PAGE, headers={"Content-Encoding": "br"}))
    return app


@pytest.mark.parametrize("accepted", ["gzip", "gzip, deflate, br", "br;q=0.9, gzip;q=0.5"])
def test_a_page_is_compressed(app: Flask, accepted: str) -> None:
    answer = app.test_client().get("/side", headers={"Accept-Encoding": accepted})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert answer.content_length == len(answer.data) < len(PAGE) / 10
    assert gzip.decompress(answer.data).decode() == PAGE


@pytest.mark.parametrize("accepted", [None, "identity", "br", "gzip;q=0"])
def test_who_cannot_read_it_gets_it_plain(app: Flask, accepted: str | None) -> None:
    headers = {} if accepted is None else {"Accept-Encoding": accepted}
    answer = app.test_client().get("/side", headers=headers)
    assert "Content-Encoding" not in answer.headers
    assert answer.headers["Vary"] == "Accept-Encoding", "a cache must not hand the one to those who ask for the other"
    assert answer.text == PAGE


@pytest.mark.parametrize("path", ["/kort", "/billede", "/strøm"])
def test_what_gains_nothing_is_left_alone(app: Flask, path: str) -> None:
    answer = app.test_client().get(path, headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in answer.headers


def test_what_is_compressed_is_not_compressed_again(app: Flask) -> None:
    answer = app.test_client().get("/pakket", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "br"
    assert answer.data.decode() == PAGE
