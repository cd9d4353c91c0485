"""Names with spaces and operator characters: which run of tokens is one name.

FEEL cannot be read without knowing the names in scope: `a-b` is a subtraction unless there is something called `a-b`.
A table holds the names that are more than one token; the longest one that fits wins, as the specification says.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

from .lexer import QUOTED, TOKEN, Token


@lru_cache(maxsize=4096)
def words_of(name: str) -> tuple[str, ...]:
    """The token texts a name is written with."""
    return tuple(found.group() for found in TOKEN.finditer(name) if found.lastgroup != "blank")


def normal(name: str) -> str:
    """A name with runs of blanks reduced to one space."""
    return " ".join(name.split())


class Names:
    """Known names of several tokens; `parent` holds those of the surrounding scope."""

    __slots__ = ("by_first", "parent")

    def __init__(self, names: Iterable[str] = (), parent: Names | None = None) -> None:
        self.by_first: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        self.parent = parent
        for name in names:
            self.add(name)

    def add(self, name: str) -> None:
        """Know this name from now on."""
        words = words_of(name)
        if len(words) < 2:
            return
        known = self.by_first.setdefault(words[0], [])
        if all(words != others for others, _ in known):
            known.append((words, normal(name)))
            known.sort(key=lambda entry: -len(entry[0]))

    def match(self, tokens: list[Token], at: int) -> tuple[str, int] | None:
        """The longest known name that begins at token `at`, and how many tokens it takes."""
        best: tuple[str, int] | None = None
        table: Names | None = self
        first = tokens[at].text
        while table is not None:
            for words, name in table.by_first.get(first, ()):
                if best is not None and len(words) <= best[1]:
                    break
                run = tokens[at : at + len(words)]
                if len(run) == len(words) and all(
                    token.text == word and token.kind != QUOTED for token, word in zip(run, words, strict=True)
                ):
                    best = (name, len(words))
                    break
            table = table.parent
        return best


def written_keys(text: str) -> Iterator[str]:
    """What may be keys of several words in contexts that a text writes: `{first name: 1}` or `{"first name": 1}`."""
    run: list[str] | None = None
    for found in TOKEN.finditer(text):
        piece = found.group()
        if found.lastgroup == "blank":
            continue
        if piece == ":" and run:
            yield " ".join(run)
        if piece in {"{", ","}:
            run = []
        elif run is not None and found.lastgroup in {"word", "num"}:
            run.append(piece)
        elif run == [] and found.lastgroup == "str":
            run = [piece[1:-1]]
        else:
            run = None
