"""Secure mail: what a mail looks like, that it is encrypted on its way, and what is known when the server fails."""

from __future__ import annotations

import ipaddress
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from service.domain.errors import SetupFault
from service.workers.channels import NotDelivered
from service.workers.mail import HandedOver, MailFileCarrier, SmtpCarrier, compose, readable
from tests.workers.post import MailServer, dispatch, document, parsed

SENDER = "forloeb@kommune.example"


def test_a_mail_has_text_html_and_attachments() -> None:
    mail = parsed(compose(dispatch(), [document(), document("Bilag æ")], SENDER))
    assert (mail["To"], mail["From"], mail["Subject"]) == ("enhed@kommune.example", SENDER, "Orientering om støtte")
    assert mail["Date"].datetime == datetime(2014, 9, 1, 7, 0, tzinfo=UTC)
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text is not None
    assert html is not None
    assert text.get_content().replace("\r\n", "\n") == "Kære enhed\n\nFørste linje her.\nAnden linje\n\n- et\n- to\n"
    assert "<b>linje</b>" in html.get_content()
    assert [(a.get_filename(), a.get_content_type()) for a in mail.iter_attachments()] == [
        ("Aftale om støtte.pdf", "application/pdf"),
        ("Bilag æ.pdf", "application/pdf"),
    ]


def test_the_same_dispatch_is_the_same_mail_every_time() -> None:
    first = compose(dispatch(), [document()], SENDER)
    assert first == compose(dispatch(), [document()], SENDER)
    other = compose(dispatch(idempotency_key="7:st_send:9:1"), [document()], SENDER)
    assert parsed(first)["Message-ID"] != parsed(other)["Message-ID"]
    assert parsed(first)["Message-ID"].endswith("@kommune.example>")
    assert first.isascii()


def test_a_subject_cannot_bring_headers_along() -> None:
    with pytest.raises(ValueError, match="linefeed"):
        compose(dispatch(subject="x\r\nBcc: a@b.example"), [], SENDER)


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>a</p><p>b</p>", "a\n\nb\n"),
        ("<style>p { color: red }</style><p>Hej <b>du</b> der</p>", "Hej du der\n"),
        (
            "<table><tr><th>Frist</th><td>1. maj</td></tr><tr><th>Sag</th><td>7</td></tr></table>",
            "Frist 1. maj\nSag 7\n",
        ),
        ("a &amp; b &lt;c&gt;", "a & b <c>\n"),
        ("", "\n"),
    ],
)
def test_html_reads_as_text(html: str, text: str) -> None:
    assert readable(html) == text


def test_without_a_server_each_mail_is_a_file(tmp_path: Path) -> None:
    carrier = MailFileCarrier(tmp_path, SENDER)
    receipt = carrier.deliver(dispatch(), [document()])
    assert carrier.deliver(dispatch(), [document()]) == receipt
    [file] = [p for p in tmp_path.rglob("*") if p.is_file()]
    assert file.suffix == ".eml"
    assert parsed(file.read_bytes())["Subject"] == "Orientering om støtte"


# -- SMTP ---------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key and a certificate for 127.0.0.1 and 127.0.0.2, valid for an hour."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "prøveserver")])
    addresses = [x509.IPAddress(ipaddress.ip_address(a)) for a in ("127.0.0.1", "127.0.0.2")]
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName(addresses), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture
def tls(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """A server context whose certificate this process trusts."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


@pytest.fixture
def plain() -> Iterator[MailServer]:
    with MailServer().running() as server:
        yield server


def test_mail_goes_by_starttls_with_log_in(tls: ssl.SSLContext) -> None:
    with MailServer("127.0.0.2", tls=tls).running() as server:
        carrier = SmtpCarrier(f"smtp://bruger:hemmelig%40@127.0.0.2:{server.port}", f"Forløb <{SENDER}>")
        receipt = carrier.deliver(dispatch(), [document()])
    assert receipt == "250 modtaget som 17"
    assert server.encrypted == [True]
    assert parsed(server.received[0])["Subject"] == "Orientering om støtte"
    assert f"mail FROM:<{SENDER}>" in server.commands
    assert "rcpt TO:<enhed@kommune.example>" in server.commands
    assert server.commands.index("STARTTLS") < next(n for n, c in enumerate(server.commands) if c.startswith("AUTH"))


def test_mail_goes_by_tls_from_the_first_byte(tls: ssl.SSLContext) -> None:
    with MailServer(tls=tls, from_the_start=True).running() as server:
        SmtpCarrier(f"smtps://127.0.0.1:{server.port}", SENDER).deliver(dispatch(), [])
    assert server.encrypted == [True]


def test_lines_that_begin_with_a_dot_arrive_whole(plain: MailServer) -> None:
    mail = dispatch(body="<pre>.\n..\n. prik</pre>")
    SmtpCarrier(f"smtp://127.0.0.1:{plain.port}", SENDER).deliver(mail, [])
    undotted = b"".join(
        line[1:] if line.startswith(b".") else line for line in plain.received[0].splitlines(keepends=True)
    )
    assert undotted == compose(mail, [], SENDER)


def test_another_machine_is_never_talked_to_in_the_clear() -> None:
    with MailServer("127.0.0.2").running() as server, pytest.raises(NotDelivered, match="kryptering"):
        SmtpCarrier(f"smtp://127.0.0.2:{server.port}", SENDER).deliver(dispatch(), [])
    assert server.received == []


def test_a_server_nobody_vouches_for_gets_nothing(certificate: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with MailServer(tls=context).running() as server, pytest.raises(NotDelivered):
        SmtpCarrier(f"smtp://127.0.0.1:{server.port}", SENDER).deliver(dispatch(), [])
    assert server.received == []


@pytest.mark.parametrize(
    ("refuse", "said"),
    [
        ({"MAIL": "451 senere"}, "451"),
        ({"RCPT": "550 kendes ikke"}, "550"),
        ({"DATA": "554 nej"}, "554"),
        ({".": "552 for stor"}, "552"),
    ],
)
def test_a_refusal_is_certain(refuse: dict[str, str], said: str, plain: MailServer) -> None:
    plain.refuse = refuse
    with pytest.raises(NotDelivered, match=said):
        SmtpCarrier(f"smtp://127.0.0.1:{plain.port}", SENDER).deliver(dispatch(), [])


def test_a_line_that_breaks_before_the_mail_is_certain(plain: MailServer) -> None:
    plain.hang_up = "MAIL"
    with pytest.raises(NotDelivered):
        SmtpCarrier(f"smtp://127.0.0.1:{plain.port}", SENDER).deliver(dispatch(), [])


def test_a_line_that_breaks_after_the_mail_is_uncertain(plain: MailServer) -> None:
    plain.hang_up = "DATA"
    with pytest.raises(HandedOver):
        SmtpCarrier(f"smtp://127.0.0.1:{plain.port}", SENDER).deliver(dispatch(), [])


def test_nobody_at_home_is_certain() -> None:
    with MailServer().running() as server:
        port = server.port
    with pytest.raises(NotDelivered, match="svarer ikke"):
        SmtpCarrier(f"smtp://127.0.0.1:{port}", SENDER).deliver(dispatch(), [])


@pytest.mark.parametrize("url", ["http://x", "smtp://", "mail.kommune.example:25"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(SetupFault, match="FORLOEB_SMTP_URL"):
        SmtpCarrier(url, SENDER)
