"""Files that browsers send: how much is taken, and that nothing of them touches the disk in clear."""

from __future__ import annotations

from io import BytesIO
from typing import IO

from flask import Flask, Request

from service.config import BadSetting, Settings
from service.domain.attachments import TYPES, Limits

AROUND = 1024 * 1024
"""Bytes of a request beside its file."""
TOLD = 2
"""A file up to so many times too large is read all the same, so that its page can say so at its field and keep the rest."""


class InMemory(Request):
    """A request whose files stay in memory: they are personal, and are only stored encrypted."""

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        return BytesIO()


def limits_of(settings: Settings) -> Limits:
    """Raises BadSetting for a type that cannot be recognised."""
    types = frozenset(type_.strip().lower() for type_ in settings.attachment_types.split(",") if type_.strip())
    if unknown := sorted(types - TYPES.keys()):
        raise BadSetting(f"FORLOEB_ATTACHMENT_TYPES knows {', '.join(TYPES)}; not {', '.join(unknown)}")
    return Limits(settings.attachment_mb * 1024 * 1024, types)


def take_attachments(app: Flask, limits: Limits) -> None:
    app.request_class = InMemory
    app.config["ATTACHMENTS"] = limits
    most = TOLD * limits.most_bytes + AROUND
    app.config["MAX_CONTENT_LENGTH"] = max(app.config["MAX_CONTENT_LENGTH"], most)
