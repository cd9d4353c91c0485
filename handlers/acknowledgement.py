"""Acknowledgements to those who sent a message."""

from __future__ import annotations

from typing import Literal

from service.domain.handling import Channel, HandlerRefused, HandlerResult, JobContext, NewDispatch, handler


@handler("kvittering")
def acknowledge(job: JobContext, *, besked_id: str, kode: Literal["ok", "fejl"], tekst: str) -> HandlerResult:
    """Kvitterer til afsenderen af en besked: modtaget (`ok`) eller afvist (`fejl`) med en forklaring.

    Forløbet venter ikke på, at kvitteringen når frem; gør den ikke det, åbnes en hændelse. Samme besked og kode giver
    samme kvittering, så en gentagelse gør ingen skade.
    """
    if not besked_id.strip():
        raise HandlerRefused("Beskedens id mangler, så der kan ikke kvitteres. Ret elementets input, og prøv igen.")
    receipt = NewDispatch(
        channel=Channel.ACKNOWLEDGEMENT,
        recipient=besked_id.strip(),
        subject=kode,
        body=tekst,
        await_delivery=False,
    )
    return HandlerResult(dispatches=(receipt,))
