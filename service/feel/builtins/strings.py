"""Functions on strings. Positions count characters (code points) from 1."""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import Any

from .. import patterns
from ..environment import Environment
from ..registry import also, builtin
from ..values import STRING, kind


def _place(position: Decimal, size: int) -> int | None:
    """The 0-based index of a position from 1 (or from -1 backwards), decimals cut off; None outside."""
    if abs(position) >= size + 1 or abs(position) < 1:
        return None
    return int(position) - 1 if position > 0 else size + int(position)


@builtin(
    "substring(string: string, start position: number, length: number?)", "string",
    "En del af teksten fra en position (1 er første tegn, -1 sidste).",
    "Part of the text from a position (1 is the first character, -1 the last).",
    ('substring("foobar", 3)', '"obar"'), ('substring("foobar", -2, 1)', '"a"'),
)  # fmt: skip
def substring(string: str, start_position: Decimal, length: Decimal | None = None) -> str | None:
    start = _place(start_position, len(string))
    if start is None:
        return None
    if length is None:
        return string[start:]
    if length < 1:
        return None
    return string[start : start + int(min(length, Decimal(len(string))))]


@builtin(
    "string length(string: string)", "string",
    "Antal tegn.", "Number of characters.", ('string length("tre")', "3"),
)  # fmt: skip
def string_length(string: str) -> Decimal:
    return Decimal(len(string))


@builtin(
    "upper case(string: string)", "string",
    "Teksten med store bogstaver.", "The text in upper case.", ('upper case("aBc4")', '"ABC4"'),
)  # fmt: skip
def upper_case(string: str) -> str:
    return string.upper()


@builtin(
    "lower case(string: string)", "string",
    "Teksten med små bogstaver.", "The text in lower case.", ('lower case("aBc4")', '"abc4"'),
)  # fmt: skip
def lower_case(string: str) -> str:
    return string.lower()


@builtin(
    "substring before(string: string, match: string)", "string",
    "Det, der står før et stykke tekst; tom, hvis det ikke findes.",
    "What stands before a piece of text; empty when it is not there.",
    ('substring before("fornavn efternavn", " ")', '"fornavn"'),
)  # fmt: skip
def substring_before(string: str, match: str) -> str:
    before, found, _ = string.partition(match) if match else ("", "", "")
    return before if found else ""


@builtin(
    "substring after(string: string, match: string)", "string",
    "Det, der står efter et stykke tekst; tom, hvis det ikke findes.",
    "What stands after a piece of text; empty when it is not there.",
    ('substring after("fornavn efternavn", " ")', '"efternavn"'),
)  # fmt: skip
def substring_after(string: str, match: str) -> str:
    return string.partition(match)[2] if match else string


@builtin(
    "contains(string: string, match: string)", "string",
    "Sand, hvis teksten indeholder den anden.", "True when the text contains the other.",
    ('contains("foobar", "of")', "false"),
)  # fmt: skip
def contains(string: str, match: str) -> bool:
    return match in string


@builtin(
    "starts with(string: string, match: string)", "string",
    "Sand, hvis teksten begynder med den anden.", "True when the text begins with the other.",
    ('starts with("foobar", "fo")', "true"),
)  # fmt: skip
def starts_with(string: str, match: str) -> bool:
    return string.startswith(match)


@builtin(
    "ends with(string: string, match: string)", "string",
    "Sand, hvis teksten slutter med den anden.", "True when the text ends with the other.",
    ('ends with("foobar", "r")', "true"),
)  # fmt: skip
def ends_with(string: str, match: str) -> bool:
    return string.endswith(match)


@builtin(
    "matches(input: string, pattern: string, flags: string|null?)", "string",
    "Sand, hvis mønsteret (regulært udtryk) findes i teksten. Flag: i, s, m, x.",
    "True when the pattern (regular expression) occurs in the text. Flags: i, s, m, x.",
    ('matches("foobar", "^fo*b")', "true"),
)  # fmt: skip
def matches(input_: str, pattern: str, flags: str | None = None, *, env: Environment) -> bool:
    return patterns.compiled(pattern, flags or "").search(input_, env) is not None


@builtin(
    "replace(input: string, pattern: string, replacement: string, flags: string|null?)", "string",
    "Teksten med alle forekomster af mønsteret erstattet; $1 er første parentes.",
    "The text with every occurrence of the pattern replaced; $1 is the first group.",
    ('replace("abracadabra", "a(.)", "a$1$1")', '"abbraccaddabbra"'),
)  # fmt: skip
def replace(input_: str, pattern: str, replacement: str, flags: str | None = None, *, env: Environment) -> str:
    return patterns.replace(input_, patterns.compiled(pattern, flags or ""), replacement, env)


@builtin(
    "split(string: string, delimiter: string)", "string",
    "Teksten delt ved mønsteret.", "The text split at a pattern.",
    ('split("a;b;;", ";")', '["a", "b", "", ""]'),
)  # fmt: skip
def split(string: str, delimiter: str, *, env: Environment) -> list[str]:
    return patterns.split(string, patterns.compiled(delimiter, ""), env)


@builtin(
    "extract(input: string, pattern: string)", "string",
    "Alle stykker af teksten, som passer til mønsteret.", "All pieces of the text that match the pattern.",
    ('extract("sag 1234 og 5678", "[0-9]+")', '["1234", "5678"]'),
)  # fmt: skip
def extract(input_: str, pattern: str, *, env: Environment) -> list[str]:
    return [found.group() or "" for found in patterns.compiled(pattern, "").every(input_, env)]


@builtin(
    "string join(list: list, delimiter: string|null?)", "string",
    "Listens tekster sat sammen med et skilletegn; null springes over.",
    "The list's texts joined with a delimiter; null is left out.",
    ('string join(["a", "b"], ", ")', '"a, b"'),
)  # fmt: skip
def string_join(list_: list[Any], delimiter: str | None = None, *, env: Environment) -> str:
    parts = [item for item in list_ if item is not None]
    if any(kind(part) != STRING for part in parts):
        raise ValueError("only strings can be joined")
    between = delimiter or ""
    env.check_text(sum(map(len, parts)) + len(between) * len(parts))
    return between.join(parts)


@also("string join(list: list, delimiter: string|null, prefix: string|null, suffix: string|null)")
def string_join_between(
    list_: list[Any], delimiter: str | None, prefix: str | None, suffix: str | None, *, env: Environment
) -> str:
    return (prefix or "") + string_join(list_, delimiter, env=env) + (suffix or "")


@builtin(
    "trim(string: string)", "string",
    "Teksten uden blanke tegn i enderne.", "The text without blanks at its ends.", ('trim("  hej ")', '"hej"'),
)  # fmt: skip
def trim(string: str) -> str:
    return string.strip()


@builtin(
    "is blank(string: string)", "string",
    "Sand, hvis teksten er tom eller kun har blanke tegn.", "True when the text is empty or blank.",
    ('is blank(" ")', "true"),
)  # fmt: skip
def is_blank(string: str) -> bool:
    return not string.strip()


@builtin(
    "uuid()", "string",
    "En tilfældig, entydig nøgle.", "A random unique key.", ("string length(uuid())", "36"),
    foldable=False,
)  # fmt: skip
def new_uuid() -> str:
    return str(uuid.uuid4())
