"""Every built-in function: its entry, its examples, and the edges that have surprised somebody."""

from __future__ import annotations

import pytest

from service.feel import BUILTINS
from service.feel.registry import CATEGORIES

from .helpers import feel, same, warned

EXAMPLES = [(text, expected) for entry in BUILTINS.values() for text, expected in entry.examples]


@pytest.mark.parametrize("entry", BUILTINS.values(), ids=lambda entry: entry.name)
def test_every_function_is_described(entry: object) -> None:
    builtin = BUILTINS[entry.name]  # type: ignore[attr-defined] # ids need the plain object
    assert builtin.da.endswith(".")
    assert builtin.en.endswith(".")
    assert builtin.examples
    assert builtin.category in CATEGORIES
    assert all(signature.startswith(f"{builtin.name}(") for signature in builtin.signatures)


@pytest.mark.parametrize(("text", "expected"), EXAMPLES)
def test_every_example_is_true(text: str, expected: str) -> None:
    assert same(text, expected)


def test_the_specifications_functions_are_all_there() -> None:
    specified = """date; time; date and time; duration; years and months duration; number; string; context; range; not;
        substring; string length; upper case; lower case; substring before; substring after; replace; contains; starts with;
        ends with; matches; split; string join; list contains; list replace; count; min; max; sum; mean; all; any; sublist;
        append; concatenate; insert before; remove; reverse; index of; union; distinct values; flatten; product; median;
        stddev; mode; decimal; floor; ceiling; round up; round down; round half up; round half down; abs; modulo; sqrt; log;
        exp; odd; even; is; before; after; meets; met by; overlaps; overlaps before; overlaps after; finishes; finished by;
        includes; during; starts; started by; coincides; day of year; day of week; month of year; week of year; now; today;
        sort; get value; get entries; context put; context merge"""
    assert {name.strip() for name in specified.split(";")} <= set(BUILTINS)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("count([])", "0"),
        ("count(null)", "null"),
        ("sum([])", "null"),
        ("sum(1, 2, 3)", "6"),
        ('sum([@"P1D", @"PT12H"])', '@"P1DT12H"'),
        ("min([])", "null"),
        ('min("b", "a")', '"a"'),
        ('max([@"2026-01-01", @"2025-01-01"])', '@"2026-01-01"'),
        ('max([1, "a"])', "null"),
        ("all([])", "true"),
        ("all([true, null])", "null"),
        ("any([true, null])", "true"),
        ("and([true, false])", "false"),
        ("concatenate([[1], [2]])", "[[1], [2]]"),
        ("append([1], [2])", "[1, [2]]"),
        ("append(1, 2)", "[1, 2]"),
        ('distinct values([1, 1.0, "1"])', '[1, "1"]'),
        ("index of([1, null, 1], null)", "[2]"),
        ("flatten([1, [2, [3, []]]])", "[1, 2, 3]"),
        ("sublist([1, 2, 3], -2)", "[2, 3]"),
        ("insert before([1, 2], 3, 9)", "null"),
        ('substring("foobar", 0)', "null"),
        ('substring("😀bc", 2)', '"bc"'),
        ('string length("😀")', "1"),
        ('split("John Doe", "\\\\s")', '["John", "Doe"]'),
        ('string join(["a", null, "c"])', '"ac"'),
        ('string join(["a", "b"], ", ", "[", "]")', '"[a, b]"'),
        ('number("1 000,5", " ", ",")', "1000.5"),
        ('number("1.000,5", ",", ",")', "null"),
        ('number("abc")', "null"),
        ("string(null)", "null"),
        ("string(1.50)", '"1.50"'),
        ("string(1e3)", '"1000"'),
        ('string(["a", {b: null}])', '"[\\"a\\", {b: null}]"'),
        ('string({"x y": [1..2)})', '"{x y: [1..2)}"'),
        ("decimal(2.5, 0)", "2"),
        ("decimal(3.5, 0)", "4"),
        ("decimal(1.115, 2)", "1.12"),
        ("round half up(-2.5, 0)", "-3"),
        ("round half down(-2.5, 0)", "-2"),
        ("round up(123.4, -2)", "200"),
        ("modulo(-12, 5)", "3"),
        ("modulo(12, -5)", "-3"),
        ("modulo(10.1, 4.5)", "1.1"),
        ("modulo(1, 0)", "null"),
        ("sqrt(-1)", "null"),
        ('get value({a: {b: 5}}, ["a", "b"])', "5"),
        ('context put({a: 1}, ["b", "c"], 2)', "{a: 1, b: {c: 2}}"),
        ('context([{key: "a", value: 1}, {key: "a", value: 2}])', "null"),
        ("sort([3, 1, 2])", "[1, 2, 3]"),
        ("partition([1, 2, 3, 4, 5], 2)", "[[1, 2], [3, 4], [5]]"),
        ('is(@"10:00:00+01:00", @"09:00:00Z")', "false"),
        ("not(null)", "null"),
        ("get or else(missing, 5)", "5"),
        ("is defined(missing)", "false"),
        ("assert(null, false)", "null"),
        ('contains(string: "foobar", match: "ob")', "true"),
        ("date(year: 2026, month: 2, day: 29)", "null"),
        ("before([1..5], (5..9])", "true"),
        ("overlaps([1..5], (5..9])", "false"),
        ("includes([1..10], 10)", "true"),
        ("includes([1..10), 10)", "false"),
        ("during(1, (1..10])", "false"),
        ('cycle("PT1H")', '"R/PT1H"'),
        ('cycle(-1, "PT1H")', "null"),
        ('range("[1..x]")', "null"),
        ('to json({a: 1.5, b: [null, @"2026-01-01"]})', '"{\\"a\\":1.5,\\"b\\":[null,\\"2026-01-01\\"]}"'),
        ('from json("{\\"a\\": 0.1}").a', "0.1"),
        ('from json("{")', "null"),
    ],
)
def test_edges(text: str, expected: str) -> None:
    assert same(text, expected)


def test_wrong_arguments_say_what_would_be_right() -> None:
    assert warned("abs(1, 2)") == ["abs does not take these arguments; it is abs(n)"]
    assert warned('floor("a")') == ["floor: n must be a number, not string"]
    assert warned("floor(null)") == ["floor: n is null"]


def test_random_things_differ() -> None:
    assert feel("uuid() != uuid()") is True
    assert feel("random number() != random number()") is True


def test_a_list_of_one_stands_for_its_element() -> None:
    assert same('upper case(["a"])', '"A"')
    assert same("count(5)", "1")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("before((< 5), 5)", "true"),
        ("before((<= 5), 5)", "false"),
        ("after((> 5), (<= 5))", "true"),
        ("before(point: 1, range: [2..3])", "true"),
        ("after(range: [2..3], point: 1)", "true"),
        ("before(range1: [1..2], range2: [2..3])", "false"),
        ("overlaps((< 5), (> 3))", "true"),
        ("overlaps((< 5), (>= 5))", "false"),
        ("overlaps before([1..5), (1..5])", "true"),
        ("overlaps before([1..5), [1..5])", "false"),
        ("overlaps after((1..5], [1..5))", "true"),
        ("overlaps after([1..5], [1..5])", "false"),
        ("includes((>= 5), [5..6])", "true"),
        ("includes([5..6], (>= 5))", "false"),
        ("finishes((1..5], [1..5])", "true"),
        ("finishes([1..5), [1..5])", "false"),
        ("starts([1..5), [1..5])", "true"),
        ("meets([1..5), [5..9])", "false"),
        ("meets(1, [1..2])", "null"),
        ("during([1..2], 1)", "null"),
        ('before(1, "a")', "null"),
        ("before(null, 1)", "null"),
        ("coincides(null, null)", "null"),
        ("coincides([1..5), [1..5))", "true"),
        ('range("(..5]")', "(<= 5)"),
        ('range("[@\\"2026-01-01\\"..date(\\"2026-01-31\\")]")', '[@"2026-01-01"..@"2026-01-31"]'),
        ('range("[5..1]")', "null"),
        ('range("[..]")', "null"),
        ('range("[1..\\"a\\"]")', "null"),
        ('range("[a..b]")', "null"),
        ('range("[now()..now()]")', "null"),
    ],
)
def test_ranges(text: str, expected: str) -> None:
    assert same(text, expected)
