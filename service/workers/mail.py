"""Secure mail: the message itself, by SMTP over TLS, or as `.eml` files where no server is set."""

from __future__ import annotations

import hashlib
import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import parseaddr
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from service.domain.cases import Dispatch
from service.domain.errors import SetupFault
from service.workers.channels import Documents, NotDelivered
from service.workers.files import plain_name, write

TIMEOUT_S = 30
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
SEVEN_BIT = SMTP.clone(cte_type="7bit")
PORTS = {"smtp": 587, "smtps": 465}


def compose(dispatch: Dispatch, documents: Documents, sender: str) -> bytes:
    """The mail, byte for byte the same at every try: its Message-ID and boundaries come from the idempotency key."""
    digest = hashlib.sha256(dispatch.idempotency_key.encode()).hexdigest()[:32]
    mail = EmailMessage(policy=SEVEN_BIT)
    mail["From"], mail["To"], mail["Subject"] = sender, dispatch.recipient, dispatch.subject
    mail["Date"] = dispatch.created_at
    mail["Message-ID"] = f"<{digest}@{parseaddr(sender)[1].partition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail["Content-Language"] = "da"
    mail.set_content(readable(dispatch.body))
    mail.add_alternative(f'<!doctype html><html lang="da"><body>{dispatch.body}</body></html>', subtype="html")
    for document, content in documents:
        maintype, _, subtype = document.media_type.partition("/")
        mail.add_attachment(content, maintype=maintype, subtype=subtype, filename=document.file_name)
    for number, part in enumerate(p for p in mail.walk() if p.is_multipart()):
        part.set_boundary(f"{digest}-{number}")
    return mail.as_bytes()


class MailFileCarrier:
    """Each mail as `sikker-post/<key>.eml`, which mail programs open."""

    def __init__(self, outbox: Path, sender: str) -> None:
        self._outbox, self._sender = outbox, sender

    def deliver(self, dispatch: Dispatch, documents: Documents) -> str:
        name = plain_name(dispatch.idempotency_key) + ".eml"
        return write(self._outbox, (dispatch.channel.value, name), compose(dispatch, documents, self._sender))


class SmtpCarrier:
    """Mail by SMTP, encrypted: `smtps://` from the first byte, `smtp://` by STARTTLS, which the server must offer.

    Only a server on this very machine may be talked to in the clear. Raises SetupFault for an address it cannot use.
    """

    def __init__(self, url: str, sender: str) -> None:
        self._sender = sender
        self._url = urlsplit(url)
        if self._url.scheme not in PORTS or not self._url.hostname:
            raise SetupFault(why="FORLOEB_SMTP_URL skal være smtp://bruger:kode@vært:port eller smtps://…")

    def deliver(self, dispatch: Dispatch, documents: Documents) -> str:
        content = compose(dispatch, documents, self._sender)
        try:
            with self._connected() as server:
                self._address(server, dispatch.recipient)
                return _hand_over(server, content)
        except smtplib.SMTPResponseException as fault:
            raise NotDelivered(f"Mailserveren afviste posten med kode {fault.smtp_code}.") from fault
        except smtplib.SMTPNotSupportedError as fault:
            raise NotDelivered("Mailserveren tilbyder ikke kryptering (STARTTLS) eller log-ind.") from fault
        except (OSError, smtplib.SMTPException) as fault:
            raise NotDelivered("Mailserveren svarer ikke.") from fault

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        url, context = self._url, ssl.create_default_context()
        host, port = str(url.hostname), url.port or PORTS[url.scheme]
        if url.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=TIMEOUT_S, context=context)
        else:
            server = smtplib.SMTP(host, port, timeout=TIMEOUT_S)
        try:
            server.ehlo()
            if url.scheme == "smtp" and (host not in LOOPBACK or server.has_extn("starttls")):
                server.starttls(context=context)
                server.ehlo()
            _log_in(server, url)
            yield server
        finally:
            server.close()

    def _address(self, server: smtplib.SMTP, recipient: str) -> None:
        for code, answer in (server.mail(parseaddr(self._sender)[1]), server.rcpt(recipient)):
            if code not in {250, 251}:
                raise smtplib.SMTPResponseException(code, answer)


def _log_in(server: smtplib.SMTP, url: SplitResult) -> None:
    if url.username:
        server.login(unquote(url.username), unquote(url.password or ""))


class HandedOver(Exception):
    """The connection broke after the mail had been given to the server: nobody knows whether it goes out."""


def _hand_over(server: smtplib.SMTP, content: bytes) -> str:
    """Give the mail to the server. Its refusal is certain; silence after the first byte is not. Raises HandedOver."""
    code, answer = server.docmd("DATA")
    if code != 354:
        raise smtplib.SMTPDataError(code, answer)
    try:
        server.send(b"".join(_dotted(content)) + b".\r\n")
        code, answer = server.getreply()
    except (OSError, smtplib.SMTPServerDisconnected) as fault:
        raise HandedOver from fault
    if code != 250:
        raise smtplib.SMTPDataError(code, answer)
    return f"{code} {answer.decode('ascii', 'replace')}"[:200]


def _dotted(content: bytes) -> Iterator[bytes]:
    """Lines as DATA wants them: CRLF at the end, a leading dot doubled."""
    for line in content.splitlines():
        yield (b"." + line if line.startswith(b".") else line) + b"\r\n"


# -- the text beside the HTML -------------------------------------------------------------------------------------------

_ENDS_LINE = frozenset({"p", "div", "h1", "h2", "h3", "h4", "tr", "ul", "ol", "table", "br", "li"})
_UNREAD = frozenset({"style", "script", "title"})


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._unread = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._unread += tag in _UNREAD
        if tag == "br":
            self.parts.append("\n")
        elif tag == "li":
            self.parts.append("- ")
        elif tag in {"td", "th"}:
            self.parts.append(" ")

    def handle_endtag(self, tag: str) -> None:
        self._unread -= tag in _UNREAD
        if tag in _ENDS_LINE:
            self.parts.append("\n\n" if tag in {"p", "h1", "h2", "h3", "h4", "table", "ul", "ol"} else "\n")

    def handle_data(self, data: str) -> None:
        if not self._unread:
            self.parts.append(re.sub(r"\s+", " ", data))


def readable(html: str) -> str:
    """HTML as plain text with its paragraphs and lists."""
    parser = _Text()
    parser.feed(html)
    parser.close()
    lines = [" ".join(line.split()) for line in "".join(parser.parts).splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n"
