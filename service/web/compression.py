"""Pages travel compressed. (A session's cookie does not come along when another site asks, so nobody outside can have
pages made of his own words beside somebody's secrets to learn them from the length.)
"""

from __future__ import annotations

import gzip

from flask import Flask, Response, request

TYPES = frozenset(
    {"text/html", "text/csv", "text/plain", "application/json", "application/problem+json", "application/xml"}
)
WORTH_IT = 1024
"""Bytes. A shorter answer fits in one packet anyhow."""
LEVEL = 4
"""Of nine: beyond it a page takes much longer and hardly shrinks."""


def install(app: Flask) -> None:
    app.after_request(_compress)


def _compress(answer: Response) -> Response:
    if (
        answer.mimetype not in TYPES
        or answer.is_streamed
        or answer.direct_passthrough
        or "Content-Encoding" in answer.headers
        or (answer.content_length or 0) < WORTH_IT
    ):
        return answer
    answer.vary.add("Accept-Encoding")
    if request.accept_encodings.quality("gzip") > 0:
        answer.set_data(gzip.compress(answer.get_data(), LEVEL, mtime=0))
        answer.headers["Content-Encoding"] = "gzip"
    return answer
