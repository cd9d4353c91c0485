"""Boxed expressions, knowledge models, services, requirements."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest

from service.dmn import DecisionFailed, DmnRefused, read_decisions
from service.feel import Environment

from .files import DMN_13, NOW, decide, decision, definitions, literal, read, table


def boxed(tag: str, **parts: str) -> str:
    return f"<{tag}>" + "".join(f"<{name}>{literal(text)}</{name}>" for name, text in parts.items()) + f"</{tag}>"


def context(entries: Mapping[str, str], result: str = "") -> str:
    body = "".join(
        f'<contextEntry><variable name="{key}"/>{literal(text)}</contextEntry>' for key, text in entries.items()
    )
    last = f"<contextEntry>{literal(result)}</contextEntry>" if result else ""
    return f"<context>{body}{last}</context>"


def bkm(key: str, params: Mapping[str, str], body: str, knows: str = "") -> str:
    formal = "".join(
        f'<formalParameter name="{name}"{f" typeRef={chr(34)}{kind}{chr(34)}" if kind else ""}/>'
        for name, kind in params.items()
    )
    need = f'<knowledgeRequirement><requiredKnowledge href="#{knows}"/></knowledgeRequirement>' if knows else ""
    return (
        f'<businessKnowledgeModel id="{key}" name="{key}"><variable name="{key}"/>'
        f"<encapsulatedLogic>{formal}{body}</encapsulatedLogic>{need}</businessKnowledgeModel>"
    )


def invocation(target: str, bindings: Mapping[str, str]) -> str:
    return (
        f"<invocation>{literal(target)}"
        + "".join(f'<binding><parameter name="{name}"/>{literal(text)}</binding>' for name, text in bindings.items())
        + "</invocation>"
    )


def test_a_context_sees_its_earlier_entries() -> None:
    assert decide(context({"årlig sats": "12", "b": "årlig sats / 12"})) == {"årlig sats": 12, "b": 1}
    assert decide(context({"a": "1", "b": "a + 1"}, "a + b")) == 3


def test_lists_and_relations() -> None:
    assert decide(f"<list>{literal('1')}{literal('n')}</list>", {"n": 2}) == [1, 2]
    relation = (
        '<relation><column name="a"/><column name="b"/>'
        f"<row>{literal('1')}{literal('a')}</row><row>{literal('n')}{literal('2')}</row></relation>"
    )
    assert decide(relation, {"n": 3, "a": "ude"}) == [{"a": 1, "b": "ude"}, {"a": 3, "b": 2}]


def test_conditional_filter_and_loops() -> None:
    assert decide(boxed("conditional", **{"if": "n > 1", "then": '"ja"', "else": '"nej"'}), {"n": 2}) == "ja"
    assert decide(boxed("filter", **{"in": "xs", "match": "item > 1"}), {"xs": [1, 2, 3]}) == [2, 3]
    loop = boxed("for", **{"in": "xs", "return": "x * 2 + count(partial)"}).replace(
        "<for>", '<for iteratorVariable="x">'
    )
    assert decide(loop, {"xs": [1, 2]}) == [2, 5]
    for tag, expected in (("some", True), ("every", False)):
        text = boxed(tag, **{"in": "xs", "satisfies": "x > 1"}).replace(f"<{tag}>", f'<{tag} iteratorVariable="x">')
        assert decide(text, {"xs": [1, 2]}) is expected


def test_a_boxed_filter_wants_a_condition() -> None:
    def kept(match: str, within: str = "[{a: 1}, {a: 2}, {}]") -> Any:
        return decide(boxed("filter", **{"in": within, "match": match}))

    assert kept("a > 1") == [{"a": 2}]
    assert kept("item.a = null") == [{}]
    assert kept('"ja"') is None
    assert kept('if a = 2 then "ja" else true') is None
    assert (kept("item = 5", "5"), kept("true", "null"), kept("2", "[7, 8]")) == ([5], None, 8)


def test_knowledge_is_called_by_name_or_invocation() -> None:
    rate = bkm("månedlig ydelse", {"lån": "number", "løbetid": ""}, literal("lån / løbetid"))
    call = decision("a", literal("månedlig ydelse(120, 12)"), knows=["månedlig ydelse"])
    boxed_call = decision("b", invocation("månedlig ydelse", {"løbetid": "n", "lån": "120"}), knows=["månedlig ydelse"])
    model = read(rate, call, boxed_call)
    assert model.decisions["a"].evaluate({}).value == 10
    assert model.decisions["b"].evaluate({"n": 6}).value == 20


def test_knowledge_checks_its_parameters_and_may_call_itself_and_others() -> None:
    fak = bkm("fak", {"n": "number"}, literal("if n < 2 then 1 else n * fak(n - 1)"))
    double = bkm("dobbelt", {"n": "number"}, literal("2 * fak(n)"), knows="fak")
    model = read(fak, double, decision("d", literal("dobbelt(x)"), knows=["dobbelt"]))
    assert model.decisions["d"].evaluate({"x": 5}).value == 240
    assert model.decisions["d"].evaluate({"x": "a"}).value is None


def test_knowledge_sees_no_variables_of_its_caller() -> None:
    model = read(bkm("f", {}, literal("hemmelig")), decision("d", literal("f()"), knows=["f"]))
    assert model.decisions["d"].evaluate({"hemmelig": 1}).value is None


def test_knowledge_may_be_a_table() -> None:
    rules = table(["alder"], ["x"], [(["< 18"], ['"barn"']), ([">= 18"], ['"voksen"'])])
    model = read(
        bkm("gruppe", {"alder": ""}, rules), decision("d", literal("for a in xs return gruppe(a)"), knows=["gruppe"])
    )
    assert model.decisions["d"].evaluate({"xs": [3, 40]}).value == ["barn", "voksen"]


def test_required_decisions_come_first_and_once() -> None:
    model = read(
        '<inputData id="i" name="samlet indtægt"><variable name="samlet indtægt" typeRef="number"/></inputData>',
        decision("bund", literal("samlet indtægt - 1"), needs=["input:i"]),
        decision("venstre", literal("bund * 2"), needs=["bund"]),
        decision("højre", table(["bund"], ["x"], [(["> 5"], ['"stor"']), (["<= 5"], ['"lille"'])]), needs=["bund"]),
        decision("top", literal('højre + " " + string(venstre)'), needs=["venstre", "højre"]),
    )
    result = model.decisions["top"].evaluate({"samlet indtægt": 10}, Environment(NOW))
    assert result.value == "stor 18"
    assert result.required["højre"].matched_rules == ("r1",)
    assert result.required["venstre"].required["bund"] is result.required["højre"].required["bund"]
    assert model.decisions["top"].requires == ("venstre", "højre")


def test_expressions_see_all_variables_and_required_results_hide_them() -> None:
    model = read(decision("a", literal("1")), decision("b", literal("a + udenfor"), needs=["a"]))
    assert model.decisions["b"].evaluate({"a": 100, "udenfor": 5}).value == 6


def test_a_decision_without_logic_is_given_by_the_variables() -> None:
    model = read('<decision id="p" name="skøn"/>', decision("d", literal("skøn + 1"), needs=["p"]))
    assert model.decisions["d"].evaluate({"skøn": 4}).value == 5
    result = model.decisions["d"].evaluate({})
    assert result.value is None
    assert result.required["p"].warnings == ("the decision 'skøn' has no logic, and no variable holds it",)
    assert [note.element_id for note in model.notes] == ["p"]


def test_elements_of_the_file_are_seen_only_where_they_are_required() -> None:
    model = read(
        '<inputData id="i" name="indtægt"><variable name="indtægt"/></inputData>',
        decision("a", literal("indtægt + udenfor"), needs=["input:i"]),
        decision("b", literal("[indtægt, a, b, udenfor]")),
    )
    variables = {"indtægt": 1, "udenfor": 2, "a": 3, "b": 4}
    assert model.decisions["a"].evaluate(variables).value == 3
    assert model.decisions["b"].evaluate(variables).value == [None, None, 4, 2]
    assert [note.message for note in model.notes if "'indtægt'" in note.message] != []


def test_limits_hold_inside_services_and_knowledge() -> None:
    model = read(
        decision("ud", literal("tjeneste()"), knows=["tjeneste"]),
        service("tjeneste", ["ud"], []),
        bkm("f", {"n": ""}, literal("f(n + 1)")),
        decision("d", literal("f(1)"), knows=["f"]),
    )
    for name in ("ud", "d"):
        env = Environment()
        assert model.decisions[name].evaluate({}, env).value is None
        assert any("deep" in warning for warning in env.warnings)
    assert model.call("f", {"n": 1}) is None


def test_a_decision_may_be_called_otherwise_than_its_result() -> None:
    titled = decision("d1", literal("14")).replace(
        '<decision id="d1" name="d1">', '<decision id="d1" name="Beregn frist">'
    )
    model = read(
        titled.replace('<variable name="d1"/>', '<variable name="frist"/>'),
        decision("d2", literal("frist + 1"), needs=["d1"]),
    )
    assert model.decisions["d2"].evaluate({}).value == 15
    for key in ("d1", "Beregn frist", "frist"):
        assert model.by_id_or_name(key).id == "d1"
    assert (model.decisions["d1"].name, model.decisions["d1"].variable) == ("Beregn frist", "frist")


def test_an_unknown_decision_is_named() -> None:
    with pytest.raises(DecisionFailed, match="nix"):
        read(decision("a", literal("1"))).by_id_or_name("nix")


TYPES = """
<itemDefinition name="tKanal"><typeRef>string</typeRef><allowedValues><text>"post", "mail"</text></allowedValues></itemDefinition>
<itemDefinition name="tPart"><itemComponent name="fulde navn"><typeRef>string</typeRef></itemComponent>
<itemComponent name="kanal"><typeRef>tKanal</typeRef></itemComponent></itemDefinition>
<itemDefinition name="tParter" isCollection="true"><typeRef>tPart</typeRef></itemDefinition>
"""


@pytest.mark.parametrize(
    ("type_ref", "text", "expected"),
    [
        ("tKanal", '"post"', "post"),
        ("tKanal", '"fax"', None),
        ("tKanal", '["post"]', "post"),
        ("number", '"a"', None),
        ("number", "1", Decimal(1)),
        ("tPart", '{fulde navn: "Ida Test", kanal: "mail"}', {"fulde navn": "Ida Test", "kanal": "mail"}),
        ("tPart", '{fulde navn: "Ida Test", kanal: "fax"}', None),
        ("tPart", '{kanal: "mail"}', None),
        ("tParter", '{fulde navn: "Ida Test", kanal: "mail"}', [{"fulde navn": "Ida Test", "kanal": "mail"}]),
    ],
)
def test_results_are_held_against_their_type(type_ref: str, text: str, expected: Any) -> None:
    result = read(TYPES, decision("d", literal(text), type_ref=type_ref)).decisions["d"].evaluate({})
    assert result.value == expected
    assert bool(result.warnings) is (expected is None)


def test_item_definitions_can_be_asked_for_and_their_components_read() -> None:
    model = read(
        TYPES,
        '<inputData id="i" name="part"><variable name="part" typeRef="tPart"/></inputData>',
        decision("d", literal("[part instance of tPart, part.fulde navn, 1 instance of tKanal]"), needs=["input:i"]),
    )
    part = {"fulde navn": "Ida Test", "kanal": "post"}
    assert model.decisions["d"].evaluate({"part": part}).value == [True, "Ida Test", False]
    assert model.decisions["d"].evaluate({"part": 5}).value == [False, None, False]


def service(key: str, outputs: list[str], inputs: list[str]) -> str:
    return (
        f'<decisionService id="{key}" name="{key}"><variable name="{key}"/>'
        + "".join(f'<outputDecision href="#{name}"/>' for name in outputs)
        + "".join(f'<inputDecision href="#{name}"/>' for name in inputs)
        + "</decisionService>"
    )


def test_decision_services_are_functions_of_their_inputs() -> None:
    model = read(
        decision("ind", literal("1")),
        decision("ud", literal("ind * 10"), needs=["ind"]),
        service("tjeneste", ["ud"], ["ind"]),
        service("begge", ["ud", "ind"], []),
        decision("d", literal("tjeneste(5)"), knows=["tjeneste"]),
    )
    assert model.decisions["d"].evaluate({}).value == 50
    assert model.call("tjeneste", {"ind": 7}) == 70
    assert model.call("begge", {}) == {"ud": 10, "ind": 1}


def imports(own: str, prefix: str, *parts: str, of: str) -> bytes:
    return definitions(f'<import name="{prefix}" namespace="{of}"/>', *parts).replace(
        b'name="fil" namespace="urn:test"', f'name="fil" namespace="{own}"'.encode()
    )


def requires(key: str, text: str, href: str, kind: str = "Decision") -> str:
    return (
        f'<decision id="{key}" name="{key}"><informationRequirement><required{kind} href="{href}"/></informationRequirement>'
        f"{literal(text)}</decision>"
    )


def test_imported_models_read_the_variables_under_their_name() -> None:
    person = '<inputData id="navn" name="fulde navn"><variable name="fulde navn" typeRef="string"/></inputData>'
    inner = definitions(person, requires("hilsen", '"Hej " + fulde navn', "#navn", "Input"))
    middle = imports("urn:b", "a", requires("to", 'a.hilsen + "!"', "urn:test#hilsen"), of="urn:test")
    outer = imports("urn:c", "b model", requires("tre", "upper case(b model.to)", "urn:b#to"), of="urn:b")
    a = read_decisions(inner, "a.dmn")
    b = read_decisions(middle, "b.dmn", {"urn:test": a})
    c = read_decisions(outer, "c.dmn", {"urn:b": b})
    assert (
        c.decisions["tre"].evaluate({"b model": {"a": {"fulde navn": "Ida Test Holm"}}}).value == "HEJ IDA TEST HOLM!"
    )
    assert b.decisions["to"].evaluate({"a": {"fulde navn": "Bo Test Ek"}}).value == "Hej Bo Test Ek!"
    assert c.decisions["tre"].evaluate({}).value is None


def test_models_import_each_other_by_namespace() -> None:
    inner = read_decisions(definitions(TYPES, decision("Sats", literal("42"))), "indre.dmn")
    outer = (
        f'<definitions xmlns="{DMN_13}" id="ydre" name="ydre" namespace="urn:ydre">'
        '<import name="fælles" namespace="urn:test" importType="https://www.omg.org/spec/DMN/20191111/MODEL/"/>'
        '<decision id="d" name="d"><variable name="d"/><informationRequirement>'
        '<requiredDecision href="urn:test#Sats"/></informationRequirement>'
        f"{literal('fælles.Sats + (if k instance of fælles.tKanal then 1 else 0)')}</decision></definitions>"
    )
    model = read_decisions(outer.encode(), "ydre.dmn", {"urn:test": inner})
    assert model.decisions["d"].evaluate({"k": "post"}).value == 43
    with pytest.raises(DmnRefused, match="urn:test"):
        read_decisions(outer.encode(), "ydre.dmn")
