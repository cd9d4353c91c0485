"""Markdown from forms, diagrams and the handbook as HTML. Raw HTML in it is shown as text, never run."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

_PARSER = MarkdownIt("commonmark", {"html": False}).enable("table")
_DEEPEST = 6


@lru_cache(maxsize=2048)
def markdown(text: str, shift: int = 0) -> Markup:
    """HTML of the text. `shift` lowers its headings by so many levels, so that they fit below those of the page."""
    tokens = _PARSER.parse(text)
    for token in tokens:
        _dress(token, shift)
    return _rendered(tokens)


def _rendered(tokens: Sequence[Token]) -> Markup:
    """Tables that are wider than their place are scrolled in it, by keyboard too."""
    around: list[Token] = []
    for token in tokens:
        if token.type == "table_open":
            around.append(Token("html_block", "", 0, content='<div class="scroll" tabindex="0">'))
        around.append(token)
        if token.type == "table_close":
            around.append(Token("html_block", "", 0, content="</div>"))
    return Markup(_PARSER.renderer.render(around, _PARSER.options, {}))  # noqa: S704  # raw HTML is off


def headings(text: str) -> list[tuple[str, str]]:
    """(anchor, words) of the second-level headings, for a table of contents."""
    tokens = _PARSER.parse(text)
    pairs = pairwise(tokens)
    return [
        (anchor_of(inner.content), inner.content)
        for token, inner in pairs
        if token.type == "heading_open" and token.tag == "h2"
    ]


def anchor_of(words: str) -> str:
    """The id of a heading."""
    letters = (c if c.isalnum() else "-" for c in words.lower())
    return "-".join(part for part in "".join(letters).split("-") if part)


def with_anchors(text: str) -> Markup:
    """As `markdown`, with an id on every second-level heading."""
    tokens = _PARSER.parse(text)
    for token, inner in pairwise(tokens):
        if token.type == "heading_open" and token.tag == "h2":
            token.attrSet("id", anchor_of(inner.content))
        _dress(token, 0)
    return _rendered(tokens)


def _dress(token: Token, shift: int) -> None:
    if token.type in ("heading_open", "heading_close"):
        token.tag = f"h{min(int(token.tag[1]) + shift, _DEEPEST)}"
    elif token.type == "table_open":
        token.attrSet("class", "table")
