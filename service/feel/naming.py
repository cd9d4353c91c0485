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
    """Known names of several tokens, as a tree of their tokens; `parent` holds those of the surrounding scope."""

    __slots__ = ("parent", "tree")

    def __init__(self, names: Iterable[str] = (), parent: Names | None = None) -> None:
        self.tree = Branch()
        self.parent = parent
        for name in names:
            self.add(name)

    def add(self, name: str) -> None:
        """Know this name from now on."""
        words = words_of(name)
        if len(words) < 2:
            return
        branch = self.tree
        for word in words:
            branch = branch.further.setdefault(word, Branch())
        branch.name = branch.name or normal(name)

    def match(self, tokens: list[Token], at: int, before: Names | None = None) -> tuple[str, int] | None:
        """The longest known name that begins at token `at`, and how many tokens it takes; only of the scopes inside `before`."""
        best: tuple[str, int] | None = None
        table: Names | None = self
        while table is not before and table is not None:
            found = table.tree.longest(tokens, at)
            if found is not None and (best is None or found[1] > best[1]):
                best = found
            table = table.parent
        return best


class Branch:
    """The names that begin with the same tokens: the one that ends here, and the branches by next token."""

    __slots__ = ("further", "name")

    def __init__(self) -> None:
        self.further: dict[str, Branch] = {}
        self.name = ""

    def longest(self, tokens: list[Token], at: int) -> tuple[str, int] | None:
        """The longest name along the tokens from `at`, and its length."""
        found = None
        branch: Branch | None = self
        place = at
        while branch is not None:
            if branch.name:
                found = branch.name, place - at
            token = tokens[place]  # the closing token matches nothing
            branch = branch.further.get(token.text) if token.kind != QUOTED else None
            place += 1
        return found


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
