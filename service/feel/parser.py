"""FEEL text to syntax tree, by precedence climbing over `lexer`'s tokens.

Hand-written rather than generated: FEEL's grammar depends on the names in scope (see `naming`) and reuses brackets for
lists, filters and half-open ranges, so a generated parser would need a lexer that calls back into the parser at every
word; this one decides both where the question arises, and its messages can say what a person should do.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from . import nodes as n
from .errors import FeelSyntaxError
from .lexer import END, NUM, OP, QUOTED, WORD
from .naming import Names
from .parse_brackets import read_context, read_list_or_range, read_parenthesis, read_range_end
from .parse_types import read_type
from .parse_words import read_at_literal, read_domain, read_for, read_function, read_if, read_quantified
from .precedence import ADD, AND, ARITHMETIC, COMPARE, COMPARISONS, INSTANCE, OR, POSTFIX, RESERVED, UNARY
from .token_stream import A_NAME, A_VALUE, NAME_SIGNS, Stream
from .values import NUMBERS

MAX_DEPTH = 120
MAX_RETRIES = 20
PROPERTY_NAMES = ("time offset", "start included", "end included")


class Parser(Stream):
    """One reading of one text."""

    def __init__(self, text: str, names: Names, properties: Names) -> None:
        super().__init__(text)
        self.names = Names(parent=names)
        self.properties = properties
        self.depth = 0
        self.filters = 0
        self.retries = 0

    # -- whole texts -------------------------------------------------------------------------------------------------

    def whole_expression(self) -> n.Node:
        """The tree of all the text as expression."""
        if self.token.kind == END:
            raise self.fail(0, "the expression is empty", "udtrykket er tomt")
        node = self.expression()
        if self.token.kind != END:
            raise self.unexpected()
        return node

    def whole_domain(self) -> tuple[n.Node, n.Node | None]:
        """What an iteration goes over: a list, or two ends joined by `..`."""
        start, end = read_domain(self)
        if self.token.kind != END:
            raise self.unexpected()
        return start, end

    def whole_tests(self) -> n.Tests:
        """The tree of all the text as unary tests."""
        start = self.token
        if start.kind == END:
            raise self.fail(
                0, "the cell is empty; write - for any value", "feltet er tomt; skriv - for enhver værdi", "-"
            )
        if self.is_op("-") and self.peek().kind == END:
            self.take()
            return n.Tests(start.start, ())
        tests = self._negated_tests() if self.is_word("not") and self.peek().text == "(" else None
        if tests is None:
            tests = n.Tests(start.start, tuple(self.tests()))
        if self.token.kind != END:
            raise self.unexpected(",")
        return tests

    def _negated_tests(self) -> n.Tests | None:
        """`not(…)` around everything; None when it is the beginning of something longer."""
        before = self.at
        start = self.take().start
        self.take()
        try:
            items = tuple(self.tests())
            self.take_op(")")
        except FeelSyntaxError:
            self.at = before
            return None
        if self.token.kind != END:
            self.at = before
            return None
        return n.Tests(start, items, negated=True)

    def tests(self) -> list[n.Test]:
        """A comma list of unary tests."""
        items = [self.test()]
        while self.is_op(","):
            self.take()
            items.append(self.test())
        return items

    def test(self) -> n.Test:
        """One unary test."""
        token = self.token
        if token.kind == OP and token.text in COMPARISONS:
            self.take()
            return n.Test(token.start, token.text, self.expression(ADD))
        return n.Test(token.start, None, self.expression())

    # -- expressions by precedence -----------------------------------------------------------------------------------

    def expression(self, floor: int = OR) -> n.Node:
        """An expression whose operators bind at least as tightly as `floor`."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.fail(
                self.token.start,
                f"nested more than {MAX_DEPTH} levels",
                f"udtrykket er indlejret i mere end {MAX_DEPTH} lag",
            )
        try:
            return self.rest(self.prefix(), floor)
        finally:
            self.depth -= 1

    def rest(self, left: n.Node, floor: int) -> n.Node:
        """What may follow `left`, as long as it binds at least as tightly as `floor`."""
        chain = 0
        while True:
            token = self.token
            at, text = left.at, token.text
            chain += 1
            if chain > MAX_DEPTH * 4:
                raise self.fail(token.start, "too many parts in a row", "for mange led i ét udtryk")
            if token.kind == OP:
                if text in ARITHMETIC and ARITHMETIC[text] >= floor:
                    self.take()
                    left = n.Arithmetic(at, text, left, self.expression(ARITHMETIC[text] + 1))
                elif text in COMPARISONS and floor <= COMPARE:
                    self.take()
                    left = n.Comparison(at, text, left, self.expression(ADD))
                elif text in "([." and floor <= POSTFIX:
                    longer = self.postfix(left)
                    if longer is None:
                        return left
                    left = longer
                else:
                    return left
            elif token.kind == WORD:
                if text == "and" and floor <= AND:
                    left = n.Conjunction(at, (left, *self._more("and", COMPARE)))
                elif text == "or" and floor <= OR:
                    left = n.Disjunction(at, (left, *self._more("or", AND)))
                elif text == "between" and floor <= COMPARE:
                    self.take()
                    low = self.expression(ADD)
                    self.take_word("and")
                    left = n.Between(at, left, low, self.expression(ADD))
                elif text == "in" and floor <= COMPARE:
                    self.take()
                    left = n.In(at, left, self._in_tests())
                elif text == "instance" and floor <= INSTANCE:
                    self.take()
                    self.take_word("of")
                    left = n.InstanceOf(at, left, read_type(self))
                else:
                    return left
            else:
                return left

    def _more(self, word: str, floor: int) -> list[n.Node]:
        parts = []
        while self.is_word(word):
            self.take()
            parts.append(self.expression(floor))
        return parts

    def _in_tests(self) -> n.Tests:
        """What follows `in`: one test, or several in parentheses."""
        start = self.token.start
        if self.token.kind == OP and self.token.text in COMPARISONS:
            return n.Tests(start, (self.test(),))
        if not self.is_op("("):
            return n.Tests(start, (n.Test(start, None, self.expression(ADD)),))
        self.take()
        items = self.tests()
        single = items[0].operand if len(items) == 1 and items[0].op is None else None
        if single is not None and self.is_op(".."):
            single = read_range_end(self, start, single, included=False)
        else:
            self.take_op(")")
        if single is None:
            return n.Tests(start, tuple(items))
        return n.Tests(start, (n.Test(start, None, self.rest(single, ADD)),))

    def prefix(self) -> n.Node:
        """What an expression may begin with."""
        token = self.token
        match token.kind:
            case "number":
                return self._number(token.start, negative=False)
            case "string":
                self.take()
                return n.Literal(token.start, token.value)
            case "quoted name":
                self.take()
                return n.Name(token.start, token.value)
            case "word":
                return self._word()
            case "operator":
                return self._sign()
        raise self.unexpected(thing=A_VALUE)

    def _sign(self) -> n.Node:
        token = self.token
        match token.text:
            case "-":
                self.take()
                if self.token.kind == NUM:  # a number's own sign
                    return self._number(token.start, negative=True)
                return n.Negation(token.start, self.expression(UNARY))
            case "(":
                return read_parenthesis(self)
            case "[":
                return read_list_or_range(self)
            case "]":
                self.take()
                return read_range_end(self, token.start, self.expression(), included=False)
            case "{":
                return read_context(self)
            case "?":
                self.take()
                return n.Input(token.start)
            case "@":
                return read_at_literal(self)
        raise self.unexpected(thing=A_VALUE)

    def _number(self, start: int, *, negative: bool) -> n.Node:
        token = self.take()
        if token.value is None:
            return n.NoValue(start, f"the number {token.text[:20]} is too large")
        return n.Literal(start, NUMBERS.minus(token.value) if negative else token.value)

    def _word(self) -> n.Node:
        token = self.token
        known = self.names.match(self.tokens, self.at)
        if known is None and self.filters:
            known = self.properties.match(self.tokens, self.at)
        if known is not None and self._is_meant(known):
            self.at += known[1]
            return n.Name(token.start, known[0])
        match token.text:
            case "true" | "false":
                self.take()
                return n.Literal(token.start, token.text == "true")
            case "null":
                self.take()
                return n.Literal(token.start, None)
            case "if":
                return read_if(self)
            case "for":
                return read_for(self)
            case "some" | "every":
                return read_quantified(self)
            case "function" if self.peek().text == "(":
                return read_function(self)
            case text if text in RESERVED:
                if self.peek().text == "(" and text in {"and", "or"}:  # deprecated functions and(list), or(list)
                    self.take()
                    return n.Name(token.start, text)
                raise self.unexpected(thing=A_VALUE)
        self.take()
        return n.Name(token.start, token.text)

    def _is_meant(self, known: tuple[str, int]) -> bool:
        """`date and time` is the function only where a call follows; names in scope always win."""
        name, count = known
        if name not in BUILTIN_PHRASES or " and " not in name or self.peek(count).text == "(":
            return True
        return self.names.match(self.tokens, self.at, _BASE) == known

    # -- postfix -----------------------------------------------------------------------------------------------------

    def postfix(self, left: n.Node) -> n.Node | None:
        """`.name`, `[…]` or `(…)` after `left`; None when the bracket closes a range instead."""
        sign = self.token.text
        if sign == "(":
            return self._call(left)
        if sign == ".":
            self.take()
            return n.Path(left.at, left, self._property())
        before, names = self.at, self.names
        self.take()
        self.filters += 1
        try:
            condition = self.expression()
            self.take_op("]")
        except FeelSyntaxError:
            self.retries += 1
            if self.retries > MAX_RETRIES or not self._in_range_end(before):
                raise
            self.at, self.names = before, names
            return None
        finally:
            self.filters -= 1
        return n.Filter(left.at, left, condition)

    def _in_range_end(self, at: int) -> bool:
        """Whether a `..` stands open before token `at`, so that `[` there may close a range."""
        depth = 0
        for token in reversed(self.tokens[:at]):
            if token.kind != OP:
                continue
            if token.text == ".." and depth == 0:
                return True
            if token.text in ")]}":
                depth += 1
            elif token.text in "([{":
                depth -= 1
        return False

    def _property(self) -> str:
        token = self.token
        if token.kind == QUOTED:
            return str(self.take().value)
        if token.kind != WORD:
            raise self.unexpected(thing=A_NAME)
        known = self.properties.match(self.tokens, self.at)
        if known is not None:
            self.at += known[1]
            return known[0]
        return self.take().text

    def _call(self, target: n.Node) -> n.Node:
        self.take()
        if self.is_op(")"):
            self.take()
            return n.Call(target.at, target, (), None)
        names = self._argument_names()
        args: list[n.Node] = []
        keys: list[str] = []
        while True:
            if names:
                keys.append(self.declared_name(":"))
                self.take_op(":")
            args.append(self.expression())
            if not self.is_op(","):
                break
            self.take()
        self.close(")")
        if len(set(keys)) < len(keys):
            raise self.fail(target.at, "an argument is named twice", "et argument er navngivet to gange")
        return n.Call(target.at, target, tuple(args), tuple(keys) if names else None)

    def _argument_names(self) -> bool:
        """Whether the arguments are named: words up to a colon."""
        ahead = 0
        while self.peek(ahead).kind in {WORD, QUOTED, NUM} or self.peek(ahead).text in NAME_SIGNS:
            ahead += 1
        return ahead > 0 and self.peek(ahead).text == ":" and self.token.kind in {WORD, QUOTED}


BUILTIN_PHRASES: set[str] = set()
_BASE = Names()
_PROPERTIES = Names(PROPERTY_NAMES)


def know_phrases(phrases: Iterable[str]) -> None:
    """Built-in functions whose names are several words (`string length`)."""
    for phrase in phrases:
        BUILTIN_PHRASES.add(phrase)
        _BASE.add(phrase)


@lru_cache(maxsize=8192)
def parse(text: str, names: frozenset[str] = frozenset(), properties: frozenset[str] = frozenset()) -> n.Node:
    """The tree of an expression, cached. Raises FeelSyntaxError.

    `names` are the names in scope and `properties` the names of context entries, as far as they hold spaces or signs.
    """
    return Parser(text, Names(names, _BASE), Names(properties, _PROPERTIES)).whole_expression()


def parse_domain(text: str, names: frozenset[str], properties: frozenset[str]) -> tuple[n.Node, n.Node | None]:
    """The trees of what an iteration goes over (`1..3` has two). Raises FeelSyntaxError."""
    return Parser(text, Names(names, _BASE), Names(properties, _PROPERTIES)).whole_domain()


@lru_cache(maxsize=8192)
def parse_tests(text: str, names: frozenset[str] = frozenset(), properties: frozenset[str] = frozenset()) -> n.Tests:
    """The tree of unary tests (a decision table's cell), cached: large tables repeat theirs. Raises FeelSyntaxError."""
    return Parser(text, Names(names, _BASE), Names(properties, _PROPERTIES)).whole_tests()
