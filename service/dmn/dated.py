"""Decision tables that say from which date something holds: read as rows with a period, and edited in the file itself.

Such a table has one input, a date, tested by `>= date("…")`, `[date("…")..date("…")]`, `<= date("…")` or `-`. With the hit
policy COLLECT its first output names a parameter, and each name has rows of its own; otherwise all rows are versions of one
thing. Editing keeps everything else in the file as it is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import date, timedelta

from lxml import etree

from .xmltree import Element, child, children, read_tree, text_of

_DAY = r'date\("(\d{4}-\d{2}-\d{2})"\)'
_FROM = re.compile(rf"\s*>=\s*{_DAY}\s*")
_BETWEEN = re.compile(rf"\s*\[\s*{_DAY}\s*\.\.\s*{_DAY}\s*\]\s*")
_UNTIL = re.compile(rf"\s*<=\s*{_DAY}\s*")


@dataclass(frozen=True, slots=True)
class DatedColumn:
    name: str
    label: str
    type: str
    """`typeRef` as the file has it; "" when it has none."""


@dataclass(frozen=True, slots=True)
class DatedRow:
    """One rule. `texts` are its outputs as FEEL, one per column; `note` is its description."""

    id: str
    """Of the rule in the file; its number where it has none."""
    first: date | None
    last: date | None
    texts: Sequence[str]
    note: str

    def holds_on(self, day: date) -> bool:
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)


@dataclass(frozen=True, slots=True)
class DatedTable:
    id: str
    name: str
    note: str
    keyed: bool
    """Whether the first column names what a row is about."""
    columns: Sequence[DatedColumn]
    rows: Sequence[DatedRow]

    def key_of(self, row: DatedRow) -> str:
        """The name of what it is about; "" where all rows are about one thing."""
        return row.texts[0] if self.keyed else ""

    def versions_of(self, row: DatedRow) -> list[DatedRow]:
        """Every row about the same thing, newest first."""
        same = [other for other in self.rows if self.key_of(other) == self.key_of(row)]
        return sorted(same, key=lambda other: other.first or date.min, reverse=True)


def read_dated(xml: bytes, decision_id: str, file: str) -> DatedTable | None:
    """The table of a decision; None when there is none, or when its rows do not go by date.

    Raises DmnRefused when the file is no DMN file.
    """
    found = _find(read_tree(xml, file), decision_id)
    if found is None:
        return None
    decision, table = found
    columns = [
        DatedColumn(o.get("name") or "", o.get("label") or o.get("name") or "", o.get("typeRef") or "")
        for o in children(table, "output")
    ]
    rows = []
    for number, rule in enumerate(children(table, "rule")):
        tests = [text_of(entry) for entry in children(rule, "inputEntry")]
        period = _period(tests[0]) if len(tests) == 1 else None
        if period is None:
            return None
        texts = [text_of(entry) for entry in children(rule, "outputEntry")]
        rows.append(DatedRow(rule.get("id") or str(number), *period, texts, _description(rule)))
    keyed = table.get("hitPolicy") == "COLLECT" and len(columns) > 1
    return DatedTable(decision_id, decision.get("name") or decision_id, _description(decision), keyed, columns, rows)


def changed(xml: bytes, decision_id: str, row_id: str, texts: Sequence[str], note: str) -> bytes:
    """The file with other outputs in this row."""
    root, rule = _open(xml, decision_id, row_id)
    _fill(rule, texts, note)
    return _written(root, xml)


def split(xml: bytes, decision_id: str, row_id: str, first: date, texts: Sequence[str], note: str) -> bytes:
    """The file with a new row that holds from that day; the row it follows ends the day before.

    Raises ValueError when the day is not inside the row's period.
    """
    root, rule = _open(xml, decision_id, row_id)
    test = next(children(rule, "inputEntry"))
    period = _period(text_of(test))
    if period is None or (period[0] and first <= period[0]) or (period[1] and first > period[1]):
        raise ValueError(f"{first} is not inside the row's period")
    new = deepcopy(rule)
    _rename(new, f"{first:%Y%m%d}", {str(e.get("id")) for e in root.iter() if isinstance(e.tag, str)})
    new.tail = rule.tail
    rule.addnext(new)
    _set_text(test, _test(period[0], first - timedelta(days=1)))
    _set_text(next(children(new, "inputEntry")), _test(first, period[1]))
    _fill(new, texts, note)
    return _written(root, xml)


# -- how ----------------------------------------------------------------------------------------------------------------


def _open(xml: bytes, decision_id: str, row_id: str) -> tuple[Element, Element]:
    """The file with its comments, and the rule in it."""
    read_tree(xml, decision_id)  # refuses what is not safe to read
    root = etree.fromstring(xml, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))
    found = _find(root, decision_id)
    assert found is not None
    rules = enumerate(children(found[1], "rule"))
    return root, next(rule for number, rule in rules if (rule.get("id") or str(number)) == row_id)


def _find(root: Element, decision_id: str) -> tuple[Element, Element] | None:
    """(decision, its table), when the table has exactly one input."""
    decision = next((d for d in children(root, "decision") if d.get("id") == decision_id), None)
    table = child(decision, "decisionTable") if decision is not None else None
    if decision is None or table is None or len(list(children(table, "input"))) != 1:
        return None
    return decision, table


def _period(test: str) -> tuple[date | None, date | None] | None:
    if test.strip() == "-":
        return None, None
    try:
        if found := _FROM.fullmatch(test):
            return date.fromisoformat(found[1]), None
        if found := _UNTIL.fullmatch(test):
            return None, date.fromisoformat(found[1])
        if found := _BETWEEN.fullmatch(test):
            return date.fromisoformat(found[1]), date.fromisoformat(found[2])
    except ValueError:
        return None
    return None


def _test(first: date | None, last: date | None) -> str:
    if first and last:
        return f'[date("{first}")..date("{last}")]'
    return f'>= date("{first}")' if first else f'<= date("{last}")' if last else "-"


def _fill(rule: Element, texts: Sequence[str], note: str) -> None:
    for entry, text in zip(children(rule, "outputEntry"), texts, strict=True):
        if text_of(entry) != text:
            _set_text(entry, text)
    description = child(rule, "description")
    if description is not None:
        description.text = note
    elif note:
        made = rule.makeelement(etree.QName(etree.QName(rule).namespace, "description"), {}, None)
        made.text, made.tail = note, rule.text
        rule.insert(0, made)


def _set_text(entry: Element, text: str) -> None:
    inner = child(entry, "text")
    assert inner is not None
    for piece in list(inner):
        inner.remove(piece)
    inner.text = text


def _description(element: Element) -> str:
    found = child(element, "description")
    return " ".join("".join(str(piece) for piece in found.itertext()).split()) if found is not None else ""


def _rename(rule: Element, suffix: str, taken: set[str]) -> None:
    """Ids of its own for a copied rule and everything in it."""
    for element in rule.iter():
        old = element.get("id")
        if old is not None:
            new, number = f"{old}_{suffix}", 1
            while new in taken:
                number += 1
                new = f"{old}_{suffix}_{number}"
            taken.add(new)
            element.set("id", new)


def _written(root: Element, before: bytes) -> bytes:
    """With the blanks that drawing tools put before the end of an empty element, where the file had them."""
    before_root = reversed(list(root.itersiblings(preceding=True)))
    xml = b"\n".join(etree.tostring(node, encoding="UTF-8", with_tail=False) for node in (*before_root, root))
    if b" />" in before:
        xml = re.sub(rb"(?<! )/>", b" />", xml)
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + xml + b"\n"
