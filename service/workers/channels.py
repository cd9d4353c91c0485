"""What a channel out of the house promises."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from service.domain.cases import Dispatch, Document

Documents = Sequence[tuple[Document, bytes]]
"""The dispatch's documents with their contents, in order."""


class NotDelivered(Exception):
    """Nothing went out, for certain; it may be tried again. The message is Danish, without personal data."""


class Carrier(Protocol):
    """Delivers dispatches of a channel. Called outside any transaction, from several threads, possibly again for the same dispatch."""

    def deliver(self, dispatch: Dispatch, documents: Documents) -> str:
        """Hand it over, and give a receipt: what shows later that it went out.

        A repeat under the same `dispatch.idempotency_key` must be recognisable to the receiver, or harmless. Raises
        NotDelivered when nothing went out; any other exception means that nobody knows.
        """
        ...
