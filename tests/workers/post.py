"""Dispatches and documents that no store has seen, and a mail server of the test's own."""

from __future__ import annotations

import hashlib
import socket
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from service.domain.cases import Dispatch, DispatchStatus, Document
from service.domain.handling import Channel

WHEN = datetime(2014, 9, 1, 7, 0, tzinfo=UTC)


def dispatch(channel: Channel = Channel.SECURE_MAIL, **fields: Any) -> Dispatch:
    given = {
        "recipient": "enhed@kommune.example",
        "subject": "Orientering om støtte",
        "body": "<h1>Kære enhed</h1><p>Første <b>linje</b> her.<br>Anden linje</p><ul><li>et</li><li>to</li></ul>",
        "idempotency_key": "7:st_send:9:0",
        **fields,
    }
    return Dispatch(
        owner_key=1,
        key=2,
        instance_key=7,
        job_key=9,
        channel=channel,
        status=DispatchStatus.SENDING,
        created_at=WHEN,
        **given,
    )


def document(title: str = "Aftale om støtte", content: bytes = b"%PDF-1.7 indhold") -> tuple[Document, bytes]:
    made = Document(
        case_key=1,
        key=3,
        title=title,
        kind="brev",
        media_type="application/pdf",
        file_name=f"{title}.pdf",
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        version=1,
        made_at=WHEN,
        made_by="system",
    )
    return made, content


def parsed(content: bytes) -> EmailMessage:
    mail = message_from_bytes(content, policy=default)
    assert isinstance(mail, EmailMessage)
    return mail


@dataclass
class MailServer:
    """Speaks just enough SMTP. `refuse` maps a command to the answer it gets; `hang_up` breaks the line after that command."""

    host: str = "127.0.0.1"
    tls: ssl.SSLContext | None = None
    from_the_start: bool = False
    refuse: dict[str, str] = field(default_factory=dict)
    hang_up: str = ""
    received: list[bytes] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    port: int = 0

    @contextmanager
    def running(self) -> Iterator[MailServer]:
        served = self

        class Session(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                served.converse(self.connection)

        with socketserver.ThreadingTCPServer((self.host, 0), Session) as server:
            self.port = server.server_address[1]
            thread = threading.Thread(target=server.serve_forever, args=(0.01,))
            thread.start()
            try:
                yield self
            finally:
                server.shutdown()
                thread.join()

    def converse(self, line: socket.socket) -> None:
        if self.from_the_start:
            line = self._encrypted(line)
        try:
            self._talk(line)
        except OSError:
            return  # the client hung up
        finally:
            line.close()

    def _encrypted(self, line: socket.socket) -> ssl.SSLSocket:
        assert self.tls is not None
        return self.tls.wrap_socket(line, server_side=True, do_handshake_on_connect=False)

    def _over_tls(self, line: socket.socket) -> None:
        with self._encrypted(line) as encrypted:
            self._talk(encrypted, greeting=b"")

    def _talk(self, line: socket.socket, greeting: bytes = b"220 klar\r\n") -> None:
        reader = line.makefile("rb")
        line.sendall(greeting)
        while raw := reader.readline():
            command = raw.decode().strip()
            verb = command.partition(" ")[0].upper()
            self.commands.append(command)
            if verb == self.hang_up and verb != "DATA":
                return
            if verb in self.refuse:
                line.sendall(self.refuse[verb].encode() + b"\r\n")
            elif verb == "DATA":
                line.sendall(b"354 kom bare\r\n")
                content = b"".join(iter(reader.readline, b".\r\n"))
                if self.hang_up == "DATA":
                    return
                self.received.append(content)
                self.encrypted.append(isinstance(line, ssl.SSLSocket))
                line.sendall((self.refuse.get(".") or "250 modtaget som 17").encode() + b"\r\n")
            elif verb == "EHLO":
                offers = b"250-STARTTLS\r\n" if self.tls and not isinstance(line, ssl.SSLSocket) else b""
                line.sendall(b"250-hej\r\n" + offers + b"250 AUTH PLAIN\r\n")
            elif verb == "STARTTLS" and self.tls:
                line.sendall(b"220 skift\r\n")
                self._over_tls(line)
                return
            else:
                line.sendall(b"235 godt\r\n" if verb == "AUTH" else b"250 godt\r\n")
