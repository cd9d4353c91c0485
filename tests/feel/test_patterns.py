"""Regular expressions: the dialect, and that none runs away."""

from __future__ import annotations

import time

import pytest

from service.feel import Environment
from service.feel.patterns import compiled, replace, split

from .helpers import feel


@pytest.mark.parametrize(
    ("text", "pattern", "flags", "expected"),
    [
        ("foobar", "^fo*b", "", True),
        ("foobar", "oba$", "", False),
        ("foobar\n", "r$", "", False),
        ("a\nb", "a.b", "", False),
        ("a\nb", "a.b", "s", True),
        ("a\nb", "^b$", "m", True),
        ("ABC", "abc", "i", True),
        ("hello world", "hello[ ]world", "x", True),
        ("hello world", "hello world", "x", False),
        ("a.b", "a.b", "q", True),
        ("axb", "a.b", "q", False),
        ("æøå", r"^\p{Ll}+$", "", True),
        ("ÆØÅ", r"^\p{Lu}+$", "", True),
        ("æ", r"\P{L}", "", False),
        ("abc", r"^\p{IsBasicLatin}+$", "", True),
        ("O", "[A-Z-[OI]]", "", False),
        ("P", "[A-Z-[OI]]", "", True),
        ("12-34", r"^\d+\-\d+$", "", True),
        ("ab12", r"^[\w]+$", "", True),
        ("abab", r"^(ab)\1$", "", True),
        ("abac", r"^(ab)\1$", "", False),
        ("et ord", r"\bord\b", "", True),
        ("aaa", "^a{2,3}$", "", True),
        ("aaaa", "^a{2,3}$", "", False),
        ("a", "^a{0}a?$", "", True),
        ("x-y", r"^\i-\c$", "", True),
        ("[", r"\[", "", True),
        ("a]b", r"[\]]", "", True),
        ("-", "[a-]", "", True),
    ],
)
def test_dialect(text: str, pattern: str, flags: str, expected: bool) -> None:
    assert (compiled(pattern, flags).search(text, Environment()) is not None) is expected


@pytest.mark.parametrize(
    "pattern",
    [
        "(",
        ")",
        "[",
        "a**",
        "*a",
        "a{2,1}",
        "a{5000}",
        r"\q",
        r"\1",
        r"(a)\2",
        r"[\1]",
        "(?=a)",
        "(?i)a",
        r"\p{Xx}",
        "[z-a]",
        "[]",
        "^*",
        "[a[b]",
    ],
)
def test_what_is_no_pattern_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match=r"pattern|category|character|known"):
        compiled(pattern, "")


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("(a+)+$", "a" * 5000 + "b"),
        ("^(a|a)*$", "a" * 5000 + "b"),
        ("(a|aa)+$", "a" * 5000 + "b"),
        ("(.*)*x", "a" * 3000),
        ("a*a*a*a*a*b", "a" * 3000),
        (r"\s+$", " " * 20_000 + "x"),
        ("(x+x+)+y", "x" * 3000),
        ("((a{0,100}){0,100}){0,100}b", "a" * 50),
        (r"(a*)*\1b", "a" * 100),
        (r"(a|b|ab)*(bc|c)\1\1x", "ab" * 200),
    ],
)
def test_patterns_that_run_away_elsewhere_come_to_an_end(pattern: str, text: str) -> None:
    begun = time.perf_counter()
    assert feel("matches(t, p)", {"t": text, "p": pattern}) in {False, None}
    assert time.perf_counter() - begun < 15


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("(a+)+b", "xaab", ["aab", "aa"]),
        ("(a|ab)(c|bcd)(d*)", "abcd", ["abcd", "a", "bcd", ""]),
        ("(a*)*", "aa", ["aa", "aa"]),
        ("(?:(a)|b)*", "ab", ["ab", "a"]),
        ("(x+x+)+y", "xxxy", ["xxxy", "xxx"]),
    ],
)
def test_the_bounded_machine_finds_what_backtracking_finds(pattern: str, text: str, expected: list[str]) -> None:
    found = compiled(pattern, "").search(text, Environment())
    assert found is not None
    assert [found.group(number) for number in range(len(expected))] == expected


def test_replacing() -> None:
    env = Environment()
    assert replace("abracadabra", compiled("bra", ""), "*", env) == "a*cada*"
    assert replace("darted", compiled("^(.*?)d(.*)$", ""), "$1c$2", env) == "carted"
    assert replace("2026-01-31", compiled(r"(\d+)-(\d+)-(\d+)", ""), r"$3.$2.$1 \$", env) == "31.01.2026 $"
    with pytest.raises(ValueError, match="empty text"):
        replace("abc", compiled("x*", ""), "-", env)
    with pytest.raises(ValueError, match="digit"):
        replace("abc", compiled("a", ""), "$", env)


def test_splitting_and_extracting() -> None:
    assert split("a;b;;", compiled(";", ""), Environment()) == ["a", "b", "", ""]
    assert feel('extract("sag 12 og 34", "[0-9]+")') == ["12", "34"]
