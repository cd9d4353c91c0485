"""Dispatches as readable files in the outbox folder: for trying things out, and for those who post by hand.

Names come from the idempotency key, so that a repeat writes over itself. Everything is on the disk when `deliver` returns.
"""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path

from service.domain.cases import Dispatch
from service.domain.clock import LOCAL_ZONE
from service.domain.handling import Channel
from service.workers.channels import Documents, NotDelivered

COVER = "følgebrev.txt"


class FileCarrier:
    """Letters and Digital Post as a folder with the documents and a cover note; an acknowledgement as a text file."""

    def __init__(self, outbox: Path) -> None:
        self._outbox = outbox

    def deliver(self, dispatch: Dispatch, documents: Documents) -> str:
        if dispatch.channel is Channel.ACKNOWLEDGEMENT:
            name = plain_name(f"{dispatch.recipient}-{dispatch.subject}") + ".txt"
            return write(self._outbox, (dispatch.channel.value, name), _acknowledgement(dispatch).encode())
        folder = plain_name(dispatch.idempotency_key)
        for number, (document, content) in enumerate(documents, 1):
            name = f"{number} {document.file_name}".replace("/", "_")
            write(self._outbox, (dispatch.channel.value, folder, name), content)
        names = [document.title for document, _ in documents]
        return write(self._outbox, (dispatch.channel.value, folder, COVER), _cover(dispatch, names).encode())


def _cover(dispatch: Dispatch, titles: list[str]) -> str:
    made = f"{dispatch.created_at.astimezone(LOCAL_ZONE):%d.%m.%Y kl. %H.%M}"
    lines = [
        f"Til:\n{dispatch.recipient}\n",
        f"Emne: {dispatch.subject}",
        f"Kanal: {dispatch.channel.value}",
        f"Lagt til afsendelse: {made}",
        f"Nøgle: {dispatch.idempotency_key}",
        "Indhold:",
        *(f"  {number}. {title}" for number, title in enumerate(titles, 1)),
    ]
    return "\n".join([*lines, *(["", dispatch.body] if dispatch.body else [])]) + "\n"


def _acknowledgement(dispatch: Dispatch) -> str:
    return f"Besked: {dispatch.recipient}\nKode: {dispatch.subject}\n\n{dispatch.body}\n"


def plain_name(key: str) -> str:
    """A name that every file system takes, one for each key: the key itself where it is plain, else with a digest."""
    plain = re.sub(r"[^A-Za-z0-9._-]", "-", key).lstrip(".-")[:80]
    return plain if plain == key else f"{plain}-{hashlib.sha256(key.encode()).hexdigest()[:12]}"


def write(outbox: Path, parts: tuple[str, ...], content: bytes) -> str:
    """Write a file so that it is there whole or not at all, also after a power cut. Gives its path below the outbox.

    Only this user may read it. Raises NotDelivered when the disk refuses.
    """
    target = outbox.joinpath(*parts)
    try:
        outbox.parent.mkdir(parents=True, exist_ok=True)
        for depth in range(len(parts)):
            outbox.joinpath(*parts[:depth]).mkdir(exist_ok=True, mode=0o700)
        unfinished = target.with_name(f".{target.name[:100]}.ny")
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(target)
        _settle(target.parent, outbox)
    except OSError as fault:
        raise NotDelivered(f"Filen kunne ikke skrives i udbakken: {os.strerror(fault.errno or 0)}.") from fault
    return "/".join(parts)


def _settle(folder: Path, outbox: Path) -> None:
    """Make the names durable too: the folder's, and those of the folders above it down from the outbox."""
    for place in (folder, *folder.parents):
        descriptor = os.open(place, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        if place == outbox:
            return
