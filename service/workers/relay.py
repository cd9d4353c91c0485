"""The outbox's way out: claimed dispatches are given to the channel they belong to, and what became of each is noted."""

from __future__ import annotations

import time
from collections.abc import Mapping

import structlog

from service.config import Settings
from service.domain.cases import Dispatch
from service.domain.handling import Channel
from service.usecases import dispatches
from service.usecases.platform import Platform
from service.workers.channels import Carrier, Documents, NotDelivered
from service.workers.files import FileCarrier
from service.workers.mail import MailFileCarrier, SmtpCarrier

log = structlog.get_logger(__name__)

UNEXPECTED = "Kanalen fejlede uventet. Driften kan se mere i loggen."


def channels_for(settings: Settings) -> Mapping[Channel, Carrier]:
    """The channels of this installation: mail by SMTP when a server is set, everything else as files in the outbox folder."""
    outbox = settings.data / "outbox"
    files = FileCarrier(outbox)
    mail: Carrier = MailFileCarrier(outbox, settings.mail_from)
    if settings.smtp_url:
        mail = SmtpCarrier(settings.smtp_url, settings.mail_from)
    return {
        Channel.SECURE_MAIL: mail,
        Channel.DIGITAL_POST: files,
        Channel.LETTER: files,
        Channel.ACKNOWLEDGEMENT: files,
    }


def relay(platform: Platform, channels: Mapping[Channel, Carrier], limit: int) -> int:
    """Claim up to `limit` dispatches that are due, and try to deliver each. Gives how many were claimed."""
    claimed = dispatches.claim(platform, limit)
    for dispatch, token, documents in claimed:
        _deliver(platform, channels, dispatch, token, documents)
    return len(claimed)


def _deliver(
    platform: Platform, channels: Mapping[Channel, Carrier], dispatch: Dispatch, token: str, documents: Documents
) -> None:
    started = time.monotonic()
    carrier = channels.get(dispatch.channel)
    try:
        if carrier is None:
            raise NotDelivered(f"Der er ingen kanal sat op for {dispatch.channel.value}.")
        receipt = carrier.deliver(dispatch, documents)
    except NotDelivered as fault:
        outcome = "not delivered"
        dispatches.undelivered(platform, dispatch, token, str(fault))
    except Exception as fault:  # the border to channels: nobody knows how far it got
        outcome = "uncertain"
        log.warning("channel failed", dispatch=dispatch.key, fault=type(fault).__name__)
        dispatches.undelivered(platform, dispatch, token, UNEXPECTED, uncertain=True)
    else:
        outcome = "delivered"
        dispatches.delivered(platform, dispatch, token, receipt)
    ms = round((time.monotonic() - started) * 1000)
    log.info("dispatch", dispatch=dispatch.key, channel=dispatch.channel.value, outcome=outcome, ms=ms)
