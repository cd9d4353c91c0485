"""Damaged models: elements lost, moved and doubled, attributes and texts changed.

Whatever stands there is read or refused; what is read gives a value or a failed decision. FORLOEB_EXAMPLES sets how many models
are tried, FORLOEB_SEED which; the seed is printed.
"""

from __future__ import annotations

import os
import secrets
import sys
from contextlib import suppress
from random import Random

import pytest
from lxml import etree

from service.dmn import DecisionFailed, DmnRefused, read_decisions
from service.feel import Environment, write

from .building import model
from .files import NOW
from .test_models import BOXED, FUNCTIONS, REQUIREMENTS, TYPES
from .test_table_cases import CASES, rules_as_table

EXAMPLES = int(os.environ.get("FORLOEB_EXAMPLES", "400"))
SEED = int(os.environ.get("FORLOEB_SEED") or secrets.randbelow(2**32))
MODELS = [model(parts) for _, _, parts, _ in (*TYPES, *FUNCTIONS, *BOXED, *REQUIREMENTS)]
MODELS += [
    model(f'<decision id="d" name="d">{rules_as_table(rules, settings)}</decision>') for _, _, rules, settings in CASES
]
WORDS = ("", " ", "x", "#x", "d", "#d", "t", "number", "string", "true", "COLLECT", "SUM", "a b", "1 +")


def damaged(dice: Random) -> bytes:
    """One model."""
    root = etree.fromstring(dice.choice(MODELS))
    for _ in range(dice.randint(1, 4)):
        elements = list(root.iter())
        one, other = dice.choice(elements), dice.choice(elements)
        match dice.randint(0, 4):
            case 0 if one.getparent() is not None:
                one.getparent().remove(one)
            case 1 if one.attrib:
                one.set(dice.choice(list(one.attrib)), dice.choice(WORDS))
            case 2 if one.attrib:
                del one.attrib[dice.choice(list(one.attrib))]
            case 3:
                one.text = dice.choice([*WORDS, other.text or ""])
            case 4:
                one.append(etree.fromstring(etree.tostring(other)))
    return etree.tostring(root)


def evaluate(xml: bytes, *, strict: bool) -> int:
    """1 when the model is read, 0 when it is refused."""
    try:
        read = read_decisions(xml, "x.dmn", strict=strict)
    except DmnRefused:
        return 0
    for decision in read.decisions.values():
        with suppress(DecisionFailed):
            write(decision.evaluate({"x": 1, "a": [2]}, Environment(NOW)).value)
    return 1


def test_damaged_models_are_read_or_refused(capsys: pytest.CaptureFixture[str]) -> None:
    read = 0
    for number in range(EXAMPLES):
        xml = damaged(Random(SEED + number))
        try:
            read += evaluate(xml, strict=True) + evaluate(xml, strict=False)
        except Exception as fault:
            raise AssertionError(f"FORLOEB_SEED={SEED + number} FORLOEB_EXAMPLES=1 shows it: {xml!r}") from fault
    with capsys.disabled():
        sys.stdout.write(f"\n{EXAMPLES} damaged models, read {read} of {2 * EXAMPLES} ways, FORLOEB_SEED={SEED}\n")
