"""What people read when an expression cannot be read."""

from __future__ import annotations

import pytest

from service.feel import FeelSyntaxError, parse_expression, parse_unary_tests


@pytest.mark.parametrize(
    ("text", "position", "told"),
    [
        ("", 0, "udtrykket er tomt"),
        ("   ", 0, "udtrykket er tomt"),
        ("a +", 3, "udtrykket slutter for tidligt; der skulle stå en værdi"),
        ("1 = = 2", 4, "'=' kan ikke stå her; der skulle stå en værdi"),
        ("a. + 1", 3, "der skulle stå et navn"),
        ("x instance of 1", 14, "der skulle stå en type"),
        ("for 1 in xs return 2", 4, "der skulle stå et navn"),
        ("a b", 2, "skriv `a b`"),
        ("(1 + 2", 6, "der skulle stå ')'"),
        ("if a then b", 11, "der skulle stå 'else'"),
        ("foo(1", 5, "der skulle stå ',', ')'"),
        ('"abc', 0, "anførselstegn"),
        ("„abc“", 0, "typografisk"),
        ("a && b", 2, "skriv and"),
        ("a || b", 2, "skriv or"),
        ("a == b", 3, "'='"),
        ("1 2", 2, "'2' kan ikke stå her"),
        ("{a: 1", 5, "slutter for tidligt"),
        ("/* x", 0, "*/"),
        ("`a", 0, "afsluttende `"),
        ("a.1", 1, "'.1'"),
        ("then", 0, "'then' kan ikke stå her"),
        ("x = #", 4, "'#'"),
        ("f(a: 1, a: 2)", 0, "navngivet to gange"),
        ("for i in xs", 11, "'return'"),
    ],
)
def test_messages_say_where_and_how_to_mend(text: str, position: int, told: str) -> None:
    with pytest.raises(FeelSyntaxError) as caught:
        parse_expression(text)
    assert (caught.value.position, caught.value.text) == (position, text)
    assert told in caught.value.message_da
    assert str(caught.value).startswith("line ")


def test_line_and_column_count_from_one() -> None:
    with pytest.raises(FeelSyntaxError) as caught:
        parse_expression("1 +\n  * 2")
    assert (caught.value.line, caught.value.column) == (2, 3)
    assert caught.value.message_da.startswith("linje 2, tegn 3: ")


def test_an_empty_cell_is_told_to_write_a_dash() -> None:
    with pytest.raises(FeelSyntaxError, match="write -"):
        parse_unary_tests("")


@pytest.mark.parametrize(
    "text", ["(" * 500 + "1" + ")" * 500, "1" + " + 1" * 5000, "[" * 3000, "-" * 3000 + "1", "a." * 5000 + "a"]
)
def test_deep_texts_are_refused_not_crashed_on(text: str) -> None:
    with pytest.raises(FeelSyntaxError):
        parse_expression(text)


def test_long_texts_are_refused() -> None:
    with pytest.raises(FeelSyntaxError, match="longer than"):
        parse_expression('"' + "a" * 300_000 + '"')


def test_comments_are_blank() -> None:
    assert parse_expression("1 // en\n + /* to */ 2").evaluate({}) == 3


def test_parsing_is_cached() -> None:
    assert parse_expression("a + 1") is parse_expression("a + 1")
    assert parse_unary_tests("< 1") is parse_unary_tests("< 1")
