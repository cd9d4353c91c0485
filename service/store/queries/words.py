"""What a search word may mean: task names it begins a word of, and cases that have it among their search words."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import bindparam, select

from service.store.sealing import Sealer
from service.store.search_words import token, wanted, words_of
from service.store.session import Session
from service.store.statements import Prepared
from service.store.tables import search_token, task_name

_NAMES = Prepared(select(task_name.c.name))
_CASES = Prepared(
    select(search_token.c.case_key).where(search_token.c.token == bindparam("token")).limit(bindparam("n"))
)


@dataclass(frozen=True, slots=True)
class WordHits:
    token: bytes
    names: frozenset[str]
    cases: frozenset[int]
    """At most one more than asked for."""
    only_cases: bool
    """No task name has it, and `cases` is all of them."""

    @property
    def nowhere(self) -> bool:
        return not self.names and not self.cases


def hits(session: Session, sealer: Sealer, words: tuple[str, ...], *, most: int, names: bool = True) -> list[WordHits]:
    """Per wanted prefix where it occurs, looking at no more than `most` + 1 cases."""
    prefixes = wanted(words)
    known = [row.name for row in session.rows(_NAMES)] if prefixes and names else []
    found = []
    for prefix in prefixes:
        hashed = token(sealer, prefix)
        cases = frozenset(row.case_key for row in session.rows(_CASES, {"token": hashed, "n": most + 1}))
        matching = frozenset(name for name in known if any(word.startswith(prefix) for word in words_of(name)))
        found.append(WordHits(hashed, matching, cases, not matching and len(cases) <= most))
    return found
