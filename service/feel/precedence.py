"""How tightly FEEL's operators bind, and the words that are no names."""

from __future__ import annotations

RESERVED = frozenset(
    "if then else for in return some every satisfies and or between instance of function external true false null".split()  # noqa: SIM905
)
COMPARISONS = frozenset({"=", "!=", "<", "<=", ">", ">="})
OR, AND, COMPARE, ADD, MULTIPLY, POWER, UNARY, INSTANCE, POSTFIX = range(1, 10)
ARITHMETIC = {"+": ADD, "-": ADD, "*": MULTIPLY, "/": MULTIPLY, "**": POWER}
