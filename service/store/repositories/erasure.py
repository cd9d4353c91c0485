"""Erasing a case: its key, everything that could still tell something about it, and what only made sense in clear."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, ClauseElement, bindparam, delete, select, text, update

from service.store.session import Session
from service.store.statements import Prepared
from service.store.tables import (
    case,
    case_party,
    dispatch,
    document,
    draft,
    incident,
    instance,
    search_token,
    subscription,
)
from service.store.vault import Vault

_CASE: BindParameter[Any] = bindparam("b_case")
_ROOTS = select(instance.c.root_key).where(instance.c.owner_key == _CASE, text("owner_key <> root_key"))
_CLEARED: tuple[ClauseElement, ...] = (
    delete(search_token).where(search_token.c.case_key == _CASE),
    delete(case_party).where(case_party.c.case_key == _CASE),
    update(case).where(case.c.key == _CASE).values(marking=None),
    delete(draft).where(draft.c.instance_key.in_(_ROOTS)),
    delete(subscription).where(subscription.c.instance_key.in_(_ROOTS)),
    update(incident).where(incident.c.instance_key.in_(_ROOTS)).values(message=None, message_index=b""),
    update(instance)
    .where(instance.c.owner_key == _CASE, text("owner_key <> root_key"))
    .values(started_lookup=None, state=None),
    update(document).where(document.c.case_key == _CASE).values(content=None, sha256=""),
    update(dispatch).where(dispatch.c.owner_key == _CASE).values(content=None, content_sha256=""),
)
"""Statements that leave no hash of what people entered, and free the room of what can never be read again."""


_PREPARED = tuple(Prepared(statement) for statement in _CLEARED)


def erase_case(session: Session, vault: Vault, case_key: int, at: datetime) -> None:
    vault.erase(case_key, at)
    for statement in _PREPARED:
        session.write(statement, {"b_case": case_key})
