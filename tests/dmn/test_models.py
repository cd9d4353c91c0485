"""Whole models against the standard: types, imports, functions, services, requirements, boxed expressions, XML."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import pytest

from service.dmn import DecisionFailed, DecisionModel, DmnRefused, read_decisions
from service.feel import Environment, write

from .building import (
    boxed,
    context,
    data,
    decided,
    function,
    imported,
    invocation,
    item,
    knowledge,
    model,
    needs,
    part,
    service,
    variable,
)
from .files import NOW, literal, table

Case = tuple[str, str, str, Mapping[str, Any]]


def value(xml: bytes, variables: Mapping[str, Any], imports: Mapping[str, DecisionModel] | None = None) -> str:
    """What the decision `d` gives, as FEEL writes it."""
    made = read_decisions(xml, "x.dmn", imports)
    return write(made.decisions["d"].evaluate(variables, Environment(NOW)).value)


def case(name: str, expected: str, *parts: str, **variables: Any) -> Case:
    return name, expected, "".join(parts), variables


COUNTED = {"n": "number"}
COUPLE = {"x": "", "y": ""}
TYPES = [
    case("allowed", "a", item("t", "string", allowed='"a","b"'), decided("d", '"a"', kind="t")),
    case("not allowed", "null", item("t", "string", allowed='"a","b"'), decided("d", '"c"', kind="t")),
    case("null is allowed", "null", item("t", "string", allowed='"a"'), decided("d", "null", kind="t")),
    case("each allowed", "null", item("t", "string", allowed='"a"', many=True), decided("d", '["a", "c"]', kind="t")),
    case("one as list", '["a"]', item("t", "string", allowed='"a"', many=True), decided("d", '"a"', kind="t")),
    case("constraint", "[1]", item("t", "number", constraint="count(?) < 2", many=True), decided("d", "[1]", kind="t")),
    case("constrained", "null", item("t", "number", constraint="count(?) < 2", many=True), decided("d", "[1, 2]", kind="t")),
    case("both tests", "null", item("t", "number", allowed="> 1", constraint="< 5"), decided("d", "1", kind="t")),
    case("named", "6", item("t", "u"), item("u", "number", allowed="> 5"), decided("d", "6", kind="t")),
    case("named, not allowed", "null", item("t", "u"), item("u", "number", allowed="> 5"), decided("d", "5", kind="t")),
    case(
        "allowed here and there", "null",
        item("t", "u", allowed="< 10"), item("u", "number", allowed="> 5"), decided("d", "12", kind="t"),
    ),
    case("lists of lists", "[[1]]", item("t", "u", many=True), item("u", "number", many=True), decided("d", "[[1]]", kind="t")),
    case("lists of other lists", "null", item("t", "u", many=True), item("u", "number", many=True), decided("d", '[["1"]]', kind="t")),
    case(
        "a test reads what stands beside", "{to: 5, at: 4}",
        item("t", parts=part("to", "number") + part("at", "number", allowed="? <= to")), decided("d", "{to: 5, at: 4}", kind="t"),
    ),
    case(
        "a test fails by what stands beside", "null",
        item("t", parts=part("to", "number") + part("at", "number", allowed="<= to")), decided("d", "{to: 5, at: 6}", kind="t"),
    ),
    case("more entries", "{a: 1, b: 2}", item("t", parts=part("a", "number")), decided("d", "{a: 1, b: 2}", kind="t")),
    case("too few entries", "null", item("t", parts=part("a", "number") + part("b", "number")), decided("d", "{a: 1}", kind="t")),
    case("a null entry", "{a: null}", item("t", parts=part("a", "number")), decided("d", "{a: null}", kind="t")),
    case(
        "a type of itself", "{v: 1, in: [{v: 2, in: []}]}",
        item("t", parts=part("v", "number") + part("in", "t", many=True)), decided("d", "{v: 1, in: [{v: 2, in: []}]}", kind="t"),
    ),
    case(
        "a wrong one inside", "null",
        item("t", parts=part("v", "number") + part("in", "t", many=True)), decided("d", '{v: 1, in: [{v: "2", in: []}]}', kind="t"),
    ),
    case("prefixed base type", "1", decided("d", "1", kind="feel:number")),
    case("of one", "1", decided("d", "[1]", kind="number")),
    case("of two", "null", decided("d", "[1, 2]", kind="number")),
    case("date as date and time", "2020-01-01T00:00:00Z", decided("d", '@"2020-01-01"', kind="date and time")),
    case("far date as date and time", "12020-01-01T00:00:00Z", decided("d", '@"12020-01-01"', kind="date and time")),
    case("no date of a date and time", "null", decided("d", '@"2020-01-01T10:00:00"', kind="date")),
    case("old name", "2020-01-01T10:00:00", decided("d", '@"2020-01-01T10:00:00"', kind="dateTime")),
    case("text is no number", "null", decided("d", '"1"', kind="number")),
    case("Any", "1", decided("d", '"1"', kind="Any")),
    case("input of another type", "null", data("x", "number"), decided("d", "x", needs(inputs="x")), x="a"),
    case("input not allowed", "null", item("t", "string", allowed='"a"'), data("x", "t"), decided("d", "x", needs(inputs="x")), x="b"),
    case("input of one", "3", data("x", "number"), decided("d", "x", needs(inputs="x")), x=[3]),
    case("input as list", "[3]", item("t", "number", many=True), data("x", "t"), decided("d", "x", needs(inputs="x")), x=3),
    case("input left out", "null", data("x", "number"), decided("d", "x", needs(inputs="x"))),
]  # fmt: skip
FUNCTION_TYPE = (
    '<itemDefinition name="f"><functionItem outputTypeRef="number"><parameters name="x" typeRef="number"/>'
    "</functionItem></itemDefinition>"
)
SUMS = (
    data("a", "number") + decided("got", "100") + decided("within", "got + a", needs("got", "a"))
    + decided("out", "within * 2", needs("within")) + decided("more", "within * 3", needs("within"))
)  # fmt: skip
CALLS_F, CALLS_S = needs(knowledge="f"), needs(knowledge="s")
S, S2, S0 = (
    service("s", "out", "within", "got", "a"),
    service("s", "out more", "within", "got", "a"),
    service("s", "got"),
)
FUNCTIONS = [
    case("knowledge", "2", knowledge("f", COUNTED, "n + 1"), decided("d", "f(1)", CALLS_F)),
    case("calls itself", "120", knowledge("f", COUNTED, "if n <= 1 then 1 else n * f(n - 1)"), decided("d", "f(5)", CALLS_F)),
    case(
        "call each other", "true",
        knowledge("ev", {"n": ""}, "if n = 0 then true else od(n - 1)", needs(knowledge="od")),
        knowledge("od", {"n": ""}, "if n = 0 then false else ev(n - 1)", needs(knowledge="ev")),
        decided("d", "ev(10)", needs(knowledge="ev")),
    ),
    case("calls without end", "null", knowledge("f", COUNTED, "f(n + 1)"), decided("d", "f(5)", CALLS_F)),
    case("sees its own only", "null", knowledge("f", {"x": ""}, "x + y"), decided("d", "f(5)", CALLS_F), y=1),
    case("gives another type", "null", knowledge("f", {"x": ""}, '"a"', kind="number"), decided("d", "f(5)", CALLS_F)),
    case("takes a list of one", "2", knowledge("f", COUNTED, "n + 1"), decided("d", "f([1])", CALLS_F)),
    case("takes too many", "null", knowledge("f", COUNTED, "1"), decided("d", "f(1, 2)", CALLS_F)),
    case("left out by name", "[null, 1]", knowledge("f", COUPLE, "[x, y]"), decided("d", "f(y: 1)", CALLS_F)),
    case("not required", "null", knowledge("f", COUNTED, "n + 1"), decided("d", "f(1)")),
    case("as a value", "[2]", knowledge("f", COUNTED, "n + 1"), decided("d", "for g in [f] return g(1)", CALLS_F)),
    case(
        "not FEEL", "null",
        knowledge("f", COUNTED, "n").replace("<encapsulatedLogic>", '<encapsulatedLogic kind="Java">'), decided("d", "f(6)", CALLS_F),
    ),
    case("of a function type", "2", FUNCTION_TYPE, decided("g", "function(x: number) x + 1", kind="f"), decided("d", "g(1)", needs("g"))),
    case("of no function type", "null", FUNCTION_TYPE, decided("d", "function(x: number, y: number) x", kind="f")),
    case("invoked", "[1, 2]", knowledge("f", COUPLE, "[x, y]"), decided("d", invocation("f", y="2", x="1"), CALLS_F)),
    case("invoked with less", "[null, 2]", knowledge("f", COUPLE, "[x, y]"), decided("d", invocation("f", y="2"), CALLS_F)),
    case("invoked with more", "null", knowledge("f", {"x": ""}, "x"), decided("d", invocation("f", x="2", z="2"), CALLS_F)),
    case("nothing invoked", "null", decided("d", invocation("nothing", x="2"))),
    case("built-in invoked", "2", decided("d", invocation("abs", n="-2"))),
    case("built-in with blanks", "oba", decided("d", invocation("substring", string='"foobar"', start_position="3", length="3"))),
    case("service", "6", SUMS, S, decided("d", "s(1, 2)", CALLS_S)),
    case("service by name", "6", SUMS, S, decided("d", "s(got: 2, a: 1)", CALLS_S)),
    case("service of two", "{out: 6, more: 9}", SUMS, S2, decided("d", "s(1, 2)", CALLS_S)),
    case("service without inputs", "100", SUMS, S0, decided("d", "s()", CALLS_S)),
    case("service, wrong input", "null", SUMS, S, decided("d", 's("x", 2)', CALLS_S)),
    case("service, too few", "null", SUMS, S, decided("d", "s(1)", CALLS_S)),
    case("service of another type", "null", SUMS, S.replace('name="s"/>', 'name="s" typeRef="string"/>'), decided("d", "s(1, 2)", CALLS_S)),
    case(
        "service in a service", "20",
        data("a"), decided("x", "a + 1", needs(inputs="a")), service("s1", "x", inputs="a"),
        data("b"), decided("y", "s1(b) * 10", needs(inputs="b", knowledge="s1")), service("s", "y", inputs="b"),
        decided("d", "s(1)", CALLS_S),
    ),
    case(
        "service in a loop", "[2, 3]",
        data("a"), decided("x", "a + 1", needs(inputs="a")), service("s", "x", inputs="a"),
        decided("d", "for i in 1..2 return s(i)", CALLS_S),
    ),
    case(
        "service sees its inputs only", "[4, null]",
        data("a"), data("b"), decided("x", "[a, b]", needs(inputs="a b")), service("s", "x", inputs="a"),
        decided("d", "s(4)", CALLS_S), b=7,
    ),
    case(
        "service takes a date", "2020-01-01T00:00:00Z",
        data("a", "date and time"), decided("x", "a", needs(inputs="a")), service("s", "x", inputs="a"),
        decided("d", 's(@"2020-01-01")', CALLS_S),
    ),
    case("service invoked", "100", SUMS, S0, decided("d", invocation("s"), CALLS_S)),
]  # fmt: skip
BOXED = [
    case("context", "{a: 1, b: 2}", decided("d", context(("a", "1"), ("b", "a + 1")))),
    case("context with result", "2", decided("d", context(("a", "1"), ("", "a + 1")))),
    case("entry of another type", "{a: null}", decided("d", context(("a", '"x"', "number")))),
    case("entry of one", "{a: 1}", decided("d", context(("a", "[1]", "number")))),
    case("entries with signs", "4", decided("d", context(("my a", "1"), ("a-b", "my a + 1"), ("", "a-b * 2")))),
    case("function calls itself", "3", decided("d", context(("f", function(COUNTED, "if n = 0 then 0 else 1 + f(n - 1)")), ("", "f(3)")))),
    case("context in context", "2", decided("d", context(("a", context(("b", "2"))), ("", "a.b")))),
    case("empty context", "{}", decided("d", "<context/>")),
    case("list", '[1, "a"]', decided("d", f"<list>{literal('1')}{literal(chr(34) + 'a' + chr(34))}</list>")),
    case("empty list", "[]", decided("d", "<list/>")),
    case("relation", "[{a: 1}]", decided("d", f'<relation><column name="a"/><row>{literal("1")}</row></relation>')),
    case("for", "[2, 4]", decided("d", boxed("for", "i", in_="[1, 2]", return_="i * 2"))),
    case("for up", "[1, 2, 3]", decided("d", boxed("for", "i", in_="1..3", return_="i"))),
    case("for down", "[3, 2, 1]", decided("d", boxed("for", "i", in_="3..1", return_="i"))),
    case("for so far", "[0, 1, 2]", decided("d", boxed("for", "i", in_="[1, 2, 3]", return_="count(partial)"))),
    case("filter", "[2, 3]", decided("d", boxed("filter", in_="[1, 2, 3]", match="item > 1"))),
    case("filter by place", "2", decided("d", boxed("filter", in_="[1, 2, 3]", match="2"))),
    case("filter by a written key", "[{a b: 2}]", decided("d", boxed("filter", in_="[{a b: 1}, {a b: 2}]", match="a b > 1"))),
    case("some", "true", decided("d", boxed("some", "i", in_="1..3", satisfies="i > 2"))),
    case("every", "false", decided("d", boxed("every", "i", in_="[1, 2, 3]", satisfies="i > 2"))),
    case("every of none", "true", decided("d", boxed("every", "i", in_="[]", satisfies="i > 2"))),
    case("if null", "2", decided("d", boxed("conditional", if_="null", then="1", else_="2"))),
    case("function", "2", decided("f", function({"a": ""}, "a + 1")), decided("d", "f(1)", needs("f"))),
    case("keys written elsewhere", "ab", decided("y", '{a b: "a", "c d": "b"}'), decided("d", "y.a b + y.c d", needs("y"))),
]  # fmt: skip
REQUIREMENTS = [
    case("by full reference", "5", decided("d", "y", needs("urn:a#y")), decided("y", "5")),
    case("not required", "null", decided("d", "y"), decided("y", "5")),
    case("made by people", "5", decided("d", ""), d=5),
    case("made by people, left out", "null", decided("d", "")),
    case(
        "called by its variable", "5",
        decided("d", "short", needs("y")), f'<decision id="y" name="A long title">{variable("short")}{literal("5")}</decision>',
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("expected", "parts", "variables"),
    [pytest.param(*rest, id=name) for name, *rest in (*TYPES, *FUNCTIONS, *BOXED, *REQUIREMENTS)],
)
def test_models(expected: str, parts: str, variables: Mapping[str, Any]) -> None:
    assert value(model(parts), variables) == expected


PERSON = (
    item("age", "number", allowed="[0..120]")
    + item("person", parts=part("full name", "string") + part("age", "age"))
    + item("people", "person", many=True)
)
OTHER = (
    PERSON
    + decided("base", '{full name: "a", age: 5}', kind="person")
    + knowledge("twice", {"x": "age"}, "x * 2")
    + data("given", "person")
)
IMPORTS = [
    ("a type with types inside", "{full name: x, age: 5}", decided("d", '{full name: "x", age: 5}', kind="b.person"), {}),
    ("its allowed values", "null", decided("d", '{full name: "x", age: 500}', kind="b.person"), {}),
    ("a list of it", "[{full name: x, age: 5}]", decided("d", '[{full name: "x", age: 5}]', kind="b.people"), {}),
    (
        "in a type of ours", "{p: {full name: x, age: 5}}",
        item("t", parts=part("p", "b.person")) + decided("d", '{p: {full name: "x", age: 5}}', kind="t"), {},
    ),
    (
        "beside one of its name", "{full name: x, age: 5}",
        item("age", "string") + decided("d", '{full name: "x", age: 5}', kind="b.person"), {},
    ),
    ("instance of", "true", decided("d", '{full name: "x", age: 5} instance of b.person'), {}),
    ("a decision", "a", decided("d", "b.base.full name", needs("urn:b#base")), {}),
    ("knowledge", "8", decided("d", "b.twice(x: 4)", needs(knowledge="urn:b#twice")), {}),
    ("knowledge, not allowed", "null", decided("d", "b.twice(400)", needs(knowledge="urn:b#twice")), {}),
    ("an input", "7", decided("d", "b.given.age", needs(inputs="urn:b#given")), {"b": {"given": {"full name": "q", "age": 7}}}),
    ("an input without prefix", "7", decided("d", "b.given.age", needs(inputs="urn:b#given")), {"given": {"full name": "q", "age": 7}}),
]  # fmt: skip


@pytest.mark.parametrize(("expected", "parts", "variables"), [pytest.param(*rest, id=name) for name, *rest in IMPORTS])
def test_imports(expected: str, parts: str, variables: Mapping[str, Any]) -> None:
    other = read_decisions(model(OTHER, target="urn:b"), "b.dmn")
    assert value(model(imported(), parts), variables, {"urn:b": other}).replace('"', "") == expected


@pytest.mark.parametrize("name", ["", "my b"])
def test_the_name_of_an_import(name: str) -> None:
    other = read_decisions(model(OTHER, target="urn:b"), "b.dmn")
    text = f"{name}.base.age + 1" if name else "base.age + 1"
    kind = f"{name}.age" if name else "age"
    assert value(model(imported(name), decided("d", text, needs("urn:b#base"), kind)), {}, {"urn:b": other}) == "6"


def test_imports_of_imports() -> None:
    other = read_decisions(model(OTHER, target="urn:b"), "b.dmn")
    between = model(
        imported(),
        item("wrap", parts=part("p", "b.person")),
        decided("mid", "b.base.age + 1", needs("urn:b#base")),
        knowledge("up", {"x": ""}, "b.twice(x) + 1", needs(knowledge="urn:b#twice")),
    )
    known = {"urn:a": read_decisions(between, "a.dmn", {"urn:b": other})}

    def from_outside(text: str, requirements: str = "", kind: str = "") -> str:
        return value(model(imported("a", "urn:a"), decided("d", text, requirements, kind), target="urn:c"), {}, known)

    assert from_outside("a.mid + 1", needs("urn:a#mid")) == "7"
    assert from_outside("a.up(5)", needs(knowledge="urn:a#up")) == "11"
    assert from_outside('{p: {full name: "x", age: 5}}.p.age', kind="number") == "5"
    assert from_outside('{p: {full name: "x", age: 5}}', kind="a.wrap") == '{p: {full name: "x", age: 5}}'
    assert from_outside('{p: {full name: "x", age: "5"}}', kind="a.wrap") == "null"


def test_one_file_imported_in_two_ways() -> None:
    greeting = data("person", "string") + decided("greet", '"Hi " + person', needs(inputs="person"))
    known = {"urn:b": read_decisions(model(greeting, service("g", "greet", inputs="person"), target="urn:b"), "b.dmn")}
    for key, prefix in (("m1", "b"), ("m2", "bb")):
        mid = model(
            imported(prefix), decided("x", f'{prefix}.greet + "{key}"', needs("urn:b#greet")), target=f"urn:{key}"
        )
        known[f"urn:{key}"] = read_decisions(mid, f"{key}.dmn", known)
    both = imported("m1", "urn:m1") + imported("m2", "urn:m2")
    xml = model(both, decided("d", "m1.x + m2.x", needs("urn:m1#x urn:m2#x")))
    assert value(xml, {"m1": {"b": {"person": "A"}}, "m2": {"bb": {"person": "B"}}}, known) == "Hi Am1Hi Bm2"
    assert value(xml, {"person": "Z"}, known) == "Hi Zm1Hi Zm2"
    called = model(imported(), decided("d", 'b.g(person: "Q")', needs(knowledge="urn:b#g")))
    assert value(called, {}, known) == "Hi Q"


def test_functions_of_types_that_unfold_for_ever() -> None:
    def large(name: str) -> str:
        levels = ("".join(part(f"p{j}", f"{name}{i - 1}" if i else "number") for j in range(10)) for i in range(12))
        return "".join(item(f"{name}{i}", parts=parts) for i, parts in enumerate(levels))

    wanted = FUNCTION_TYPE.replace("number", "t11")
    same = model(large("t"), large("u"), wanted, decided("d", "function(x: u11) x", kind="f"))
    assert value(same, {}) == "function (x)"
    rings = item("t11", parts=part("in", "t11", many=True)) + item("u11", parts=part("in", "u11", many=True))
    assert value(model(rings, wanted, decided("d", "function(x: u11) x", kind="f")), {}) == "function (x)"
    assert value(model(rings, wanted, decided("d", "function(x: list<u11>) x", kind="f")), {}) == "null"


def test_a_long_row_of_requirements_is_refused() -> None:
    def row(size: int) -> bytes:
        links = "".join(decided(f"c{i}", f"c{i - 1} + 1", needs(f"c{i - 1}")) for i in range(1, size))
        return model(decided("c0", "0"), links, decided("d", f"c{size - 1}", needs(f"c{size - 1}")))

    assert value(row(190), {}) == "189"
    with pytest.raises(DmnRefused, match="på række"):
        read_decisions(row(1000), "x.dmn")
    with pytest.raises(DecisionFailed, match="require each other"):
        read_decisions(row(1000), "x.dmn", strict=False).decisions["d"].evaluate({})


@pytest.mark.parametrize(
    "dmn",
    [
        "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
        "http://www.omg.org/spec/DMN/20180521/MODEL/",
        "https://www.omg.org/spec/DMN/20191111/MODEL/",
        "https://www.omg.org/spec/DMN/20211108/MODEL/",
        "https://www.omg.org/spec/DMN/20230324/MODEL/",
        "https://www.omg.org/spec/DMN/20240513/MODEL/",
    ],
)
def test_every_version(dmn: str) -> None:
    assert value(model(decided("d", "1"), dmn=dmn), {}) == "1"


def test_the_many_ways_to_write_xml() -> None:
    plain = model(decided("d", '"æ"'))
    assert value(b"\xef\xbb\xbf" + plain, {}) == "æ"
    assert value(f'<?xml version="1.0" encoding="UTF-16"?>{plain.decode()}'.encode("utf-16"), {}) == "æ"
    assert (
        value(plain.replace(b"<", b"<dmn:").replace(b"<dmn:/", b"</dmn:").replace(b"xmlns=", b"xmlns:dmn="), {}) == "æ"
    )
    cdata = "<literalExpression><text><![CDATA[1 < 2]]></text></literalExpression>"
    assert value(model(decided("d", cdata)), {}) == "true"
    commented = "<literalExpression><text>\n 1 <!-- hm --> +\n 2 </text></literalExpression>"
    assert value(model(decided("d", commented)), {}) == "3"


REFUSED = [
    (imported() + decided("d", "1"), "ikke er med"),
    (item("t", "u") + item("u", "t") + decided("d", "1", kind="t"), "henviser kun til sig selv"),
    (item("t", "t") + data("x", "t") + decided("d", "x", needs(inputs="x")), "henviser kun til sig selv"),
    (item("t", parts=part("a", "nope")) + decided("d", "{a: 1}", kind="t"), "'nope' findes ikke"),
    (decided("d", "1", kind="nope"), "'nope' findes ikke"),
    (decided("d", "y", needs("y")) + decided("y", "d", needs("d")), "i ring"),
    (decided("d", "1", needs("nope")), "ikke findes"),
    (decided("d", boxed("for", "i", in_="1..", return_="i")), "kan ikke læses"),
    (decided("d", table(["x"], ["y"], [(["-", "-"], ["1"])], "COLLECT")), "tabellen har 1 og 1 kolonner"),
    (decided("d", table(["x"], ["y"], [(["-"], ["1", "2"])])), "tabellen har 1 og 1 kolonner"),
    (decided("d", table(["x"], ["y"], [(["-"], [])])), "tabellen har 1 og 1 kolonner"),
]


@pytest.mark.parametrize(("parts", "message"), REFUSED)
def test_refused(parts: str, message: str) -> None:
    with pytest.raises(DmnRefused, match=message):
        read_decisions(model(parts), "x.dmn")
    lenient = read_decisions(model(parts), "x.dmn", strict=False).decisions["d"]
    with suppress(DecisionFailed):
        lenient.evaluate({"x": 1}, Environment(NOW))
