"""Files for the browser: built bundles under hashed names, sent compressed and kept by browsers for a year."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, abort, request
from markupsafe import Markup

from service.domain.errors import SetupFault

DIST = Path(__file__).parent / "static" / "dist"
FOR_A_YEAR = "public, max-age=31536000, immutable"
ENCODINGS = (("br", ".br"), ("gzip", ".gz"))
"""Accept-Encoding token → suffix of the file compressed when it was built, best first."""
CONTENT_TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".json": "application/json",
    ".woff2": "font/woff2",
}


class Assets:
    """The bundles that the build made."""

    def __init__(self, dist: Path = DIST, prefix: str = "/static") -> None:
        self._dist, self._prefix = dist, prefix
        self._icons: dict[tuple[str, str], Markup] = {}

    @cached_property
    def _manifest(self) -> Mapping[str, Mapping[str, str]]:
        try:
            found: dict[str, dict[str, str]] = json.loads((self._dist / "manifest.json").read_text("utf-8"))
        except FileNotFoundError as fault:
            raise SetupFault(why="Siderne mangler stil og scripts. Kør »make setup« for at bygge dem.") from fault
        return found

    def url(self, name: str, kind: str = "file") -> str:
        """Address of a bundle (`base`, `style`, `diagram`, `icons`); `kind` css gives the style of a script bundle."""
        return f"{self._prefix}/{self._manifest[name][kind]}"

    def text(self, name: str) -> str:
        """A bundle's own text, for what is not a page."""
        return (self._dist / self._manifest[name]["file"]).read_text("utf-8")

    def icon(self, name: str, classes: str = "") -> Markup:
        """An icon that only decorates; what it means stands in words beside it."""
        drawn = self._icons.get((name, classes))
        if drawn is None:
            drawn = self._icons[name, classes] = self._draw(name, classes)
        return drawn

    def _draw(self, name: str, classes: str) -> Markup:
        return Markup(
            '<svg class="icon-svg {}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>'
        ).format(classes, self.url("icons"), name)

    def licences(self) -> list[dict[str, Any]]:
        """Packages in the bundles: name, version, license, text."""
        found: list[dict[str, Any]] = json.loads((self._dist / self._manifest["licences"]["file"]).read_text("utf-8"))
        return found

    def blueprint(self) -> Blueprint:
        """Serves the files."""
        blueprint = Blueprint("assets", __name__)

        @blueprint.get(f"{self._prefix}/<path:name>")
        def file(name: str) -> Response:
            return self._send(name)

        return blueprint

    def _send(self, name: str) -> Response:
        content_type = CONTENT_TYPES.get(Path(name).suffix)
        if content_type is None or "/" in name or name.startswith(".") or not (self._dist / name).is_file():
            abort(404)
        accepted = request.accept_encodings
        known = [(e, s) for e, s in ENCODINGS if accepted.quality(e) > 0 and (self._dist / f"{name}{s}").is_file()]
        encoding, suffix = known[0] if known else ("", "")
        answer = Response(_content(self._dist / f"{name}{suffix}"), content_type=content_type)
        answer.headers["Cache-Control"] = FOR_A_YEAR
        answer.headers["Vary"] = "Accept-Encoding"
        if encoding:
            answer.headers["Content-Encoding"] = encoding
        answer.set_etag(name + suffix)
        answer.make_conditional(request)
        return answer


@lru_cache(maxsize=64)
def _content(path: Path) -> bytes:
    """A built file; its name changes whenever its content does."""
    return path.read_bytes()
