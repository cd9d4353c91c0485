"""Search words: keyed hashes of prefixes of the words in a citizen's name and a case's number."""

from __future__ import annotations

import re
import unicodedata

from sqlalchemy import bindparam, delete, insert

from service.domain.errors import BadInput
from service.store.sealing import Sealer
from service.store.session import Session
from service.store.statements import Prepared
from service.store.tables import search_token

SHORTEST, LONGEST = 2, 12
"""Letters of a prefix. A longer word is found by its first twelve."""
_WORD = re.compile(r"[^\W_]+")
_REMEMBER = Prepared(insert(search_token))
_FORGET = Prepared(delete(search_token).where(search_token.c.case_key == bindparam("b_case")))


def words_of(text: str) -> list[str]:
    """Casefolded words, numbers also without leading zeros."""
    words = _WORD.findall(unicodedata.normalize("NFKC", text).casefold())
    return words + [word.lstrip("0") for word in words if word.isdigit() and word.startswith("0")]


def wanted(words: tuple[str, ...]) -> list[str]:
    """The prefixes that a search must find all of. Words of one letter (an initial) say nothing beside longer ones; alone they
    raise `BadInput`.
    """
    found = [word for text in words for word in _WORD.findall(unicodedata.normalize("NFKC", text).casefold())]
    longer = [word for word in found if len(word) >= SHORTEST]
    if found and not longer:
        raise BadInput(why="Søg på ord med mindst to bogstaver eller cifre.")
    return list(dict.fromkeys(word[:LONGEST] for word in longer))


def token(sealer: Sealer, prefix: str) -> bytes:
    return sealer.index("search", prefix)


def index_case(session: Session, sealer: Sealer, case_key: int, number: str, citizen_name: str) -> None:
    """The case's search words are now exactly those of its number and its citizen's name."""
    session.write(_FORGET, {"b_case": case_key})
    prefixes = {
        word[:length]
        for word in words_of(f"{number} {citizen_name}")
        for length in range(SHORTEST, min(len(word), LONGEST) + 1)
    }
    if prefixes:
        session.write(_REMEMBER, [{"case_key": case_key, "token": token(sealer, p)} for p in sorted(prefixes)])
