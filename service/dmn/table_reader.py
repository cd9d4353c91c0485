"""Decision tables from XML to nodes."""

from __future__ import annotations

from service.feel import FeelSyntaxError
from service.feel import nodes as n
from service.feel.parser import parse_tests

from .boxed import NOTHING, Reader, feel, is_feel, literal
from .itemtypes import allowed_tests, type_named
from .nodes import InputClause, OutputClause, Rule, Table
from .xmltree import Element, child, children, id_of, line_of, name_of, text_of

HIT_POLICIES = {
    "UNIQUE": "U",
    "ANY": "A",
    "PRIORITY": "P",
    "FIRST": "F",
    "RULE ORDER": "R",
    "OUTPUT ORDER": "O",
    "COLLECT": "C",
}
AGGREGATORS = {"SUM": "+", "MIN": "<", "MAX": ">", "COUNT": "#"}
ANYTHING = n.Tests(0, ())


def read_table(element: Element, reader: Reader) -> Table:
    """The table; complains about every cell that cannot be read and every row of the wrong length."""
    inputs = tuple(_input(clause, reader) for clause in children(element, "input"))
    outputs = tuple(_output(clause, reader) for clause in children(element, "output"))
    if not outputs:
        reader.complain(element, "tabellen mangler en resultatkolonne")
    names = [output.name for output in outputs]
    if len(outputs) > 1 and (not all(names) or len(set(names)) < len(names)):
        reader.complain(element, "en tabel med flere resultatkolonner skal give hver af dem sit eget navn")
    rules = tuple(
        made
        for number, rule in enumerate(children(element, "rule"), 1)
        if (made := _rule(rule, number, len(inputs), len(outputs), reader)) is not None
    )
    return Table(line_of(element), id_of(element), _hit_policy(element, len(outputs), reader), inputs, outputs, rules)


def _hit_policy(element: Element, outputs: int, reader: Reader) -> str:
    written = element.get("hitPolicy", "UNIQUE")
    policy = HIT_POLICIES.get(written)
    if policy is None:
        reader.complain(element, f"udvælgelsesreglen '{written}' findes ikke; brug en af {', '.join(HIT_POLICIES)}")
        return "U"
    aggregation = element.get("aggregation")
    if policy != "C" or not aggregation:
        return policy
    sign = AGGREGATORS.get(aggregation)
    if sign is None:
        reader.complain(element, f"opsamlingen '{aggregation}' findes ikke; brug en af {', '.join(AGGREGATORS)}")
        return policy
    if outputs > 1:
        reader.complain(element, f"opsamlingen {aggregation} kræver netop én resultatkolonne")
    return policy + sign


def _input(clause: Element, reader: Reader) -> InputClause:
    expression = child(clause, "inputExpression")
    label = clause.get("label") or text_of(expression)
    if expression is None:
        reader.complain(clause, "kolonnen mangler sit udtryk")
        return InputClause(label, NOTHING, None)
    return InputClause(label, literal(expression, reader), _allowed(child(clause, "inputValues"), reader))


def _output(clause: Element, reader: Reader) -> OutputClause:
    wanted = type_named(clause.get("typeRef"))
    if wanted is not None and wanted.ref and wanted.ref not in reader.types:
        reader.complain(clause, f"typen '{wanted.ref}' findes ikke i filen")
        wanted = None
    allowed = _allowed(child(clause, "outputValues"), reader)
    ordering = allowed
    if ordering is None:
        inherited = allowed_tests(wanted, reader.types)
        ordering = inherited.tree if inherited is not None else None
    order = ordering.items if ordering is not None and not ordering.negated else ()
    plain = tuple(test.operand for test in order if test.op is None)
    default = child(clause, "defaultOutputEntry")
    return OutputClause(
        name_of(clause),
        wanted,
        allowed,
        plain if len(plain) == len(order) else (),
        literal(default, reader) if default is not None else None,
    )


def _allowed(element: Element | None, reader: Reader) -> n.Tests | None:
    if element is None or not text_of(element):
        return None
    return _tests(element, reader)


def _tests(element: Element, reader: Reader) -> n.Tests:
    language = element.get("expressionLanguage")
    if language and not is_feel(language):
        reader.complain(element, f"udtrykssproget '{language}' understøttes ikke; brug FEEL")
        return ANYTHING
    text = text_of(element)
    if not text:
        return ANYTHING
    try:
        return parse_tests(text, reader.names, reader.properties)
    except FeelSyntaxError as error:
        reader.complain(element, f"betingelsen '{text}' kan ikke læses: {error.message_da}")
        return ANYTHING


def _rule(rule: Element, number: int, inputs: int, outputs: int, reader: Reader) -> Rule | None:
    conditions = tuple(_tests(entry, reader) for entry in children(rule, "inputEntry"))
    results = tuple(_result(entry, reader) for entry in children(rule, "outputEntry"))
    if len(conditions) != inputs or len(results) != outputs:
        reader.complain(
            rule,
            f"regel {number} har {len(conditions)} betingelser og {len(results)} resultater, "
            f"men tabellen har {inputs} og {outputs} kolonner",
        )
        return None
    return Rule(rule.get("id") or str(number), conditions, results)


def _result(entry: Element, reader: Reader) -> n.Node:
    language = entry.get("expressionLanguage")
    text = text_of(entry)
    if text and not language:
        return feel(text, entry, reader)
    return literal(entry, reader, empty=NOTHING)
