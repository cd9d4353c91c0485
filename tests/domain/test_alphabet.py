"""The order that names stand in."""

from __future__ import annotations

import random

from service.domain.alphabet import alphabetical

ORDERED = """Albert|André|Andrea|Anna|birthe|Bo Test Müller|Bo Test Zacho|Zenia|Ælfrida|Ærø|Økonomi|Østerbro|Aagaard|Ågård|Aase|Åse"""


def test_names_stand_in_the_order_of_the_danish_alphabet() -> None:
    mixed = ORDERED.split("|")
    random.Random(7).shuffle(mixed)
    assert "|".join(sorted(mixed, key=alphabetical)) == ORDERED


def test_a_letter_made_of_two_signs_is_the_same_letter() -> None:
    assert alphabetical("A\u030arhus")[0] == alphabetical("Århus")[0]


def test_names_that_only_differ_in_case_have_a_fixed_order() -> None:
    assert sorted(["anna", "Anna", "ANNA"], key=alphabetical) == ["ANNA", "Anna", "anna"]
