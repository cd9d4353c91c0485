"""FEEL text to syntax tree, by precedence climbing over `lexer`'s tokens.

Hand-written rather than generated: FEEL's grammar depends on the names in scope (see `naming`) and reuses brackets for
lists, filters and half-open ranges, so a generated parser would need a lexer that calls back into the parser at every
word; this one decides both where the question arises, and its messages can say what a person should do.
"""

from __future__ import annotations

from collections.abc import Iterable

from . import nodes as n
from .errors import FeelSyntaxError
from .lexer import END, NUM, OP, QUOTED, STR, WORD, Token, tokenize
from .naming import Names, normal
from .parse_types import read_type
from .temporal_text import read_date, read_date_time, read_duration, read_time
from .types import FeelType

RESERVED = frozenset(
    {
        "if",
        "then",
        "else",
        "for",
        "in",
        "return",
        "some",
        "every",
        "satisfies",
        "and",
        "or",
        "between",
        "instance",
        "of",
    }
    | {"function", "external", "true", "false", "null"}
)
COMPARISONS = frozenset({"=", "!=", "<", "<=", ">", ">="})
MAX_DEPTH = 120
OR, AND, COMPARE, ADD, MULTIPLY, POWER, UNARY, INSTANCE, POSTFIX = range(1, 10)
ARITHMETIC = {"+": ADD, "-": ADD, "*": MULTIPLY, "/": MULTIPLY, "**": POWER}
NAME_SIGNS = frozenset({".", "/", "-", "'", "+", "*", "**", "?"})
PROPERTY_NAMES = ("time offset", "start included", "end included")


class Parser:
    """One reading of one text."""

    def __init__(self, text: str, names: Names, properties: Names) -> None:
        self.text = text
        self.properties = properties
        self.filters = 0
        self.tokens = tokenize(text)
        self.at = 0
        self.names = Names(parent=names)
        self.depth = 0

    # -- tokens ------------------------------------------------------------------------------------------------------

    @property
    def token(self) -> Token:
        return self.tokens[self.at]

    def peek(self, ahead: int = 1) -> Token:
        return self.tokens[min(self.at + ahead, len(self.tokens) - 1)]

    def is_op(self, text: str) -> bool:
        token = self.tokens[self.at]
        return token.kind == OP and token.text == text

    def is_word(self, text: str) -> bool:
        token = self.tokens[self.at]
        return token.kind == WORD and token.text == text

    def take(self) -> Token:
        token = self.tokens[self.at]
        if token.kind != END:
            self.at += 1
        return token

    def take_op(self, *texts: str) -> Token:
        token = self.token
        if token.kind != OP or token.text not in texts:
            raise self.unexpected(*texts)
        return self.take()

    def take_word(self, text: str) -> Token:
        if not self.is_word(text):
            raise self.unexpected(text)
        return self.take()

    def unexpected(self, *expected: str) -> FeelSyntaxError:
        token = self.token
        wanted = ", ".join(f"'{text}'" for text in expected)
        if token.kind == END:
            message, message_da = "the expression ends too early", "udtrykket slutter for tidligt"
        else:
            message, message_da = f"'{token.text}' is not expected here", f"'{token.text}' kan ikke stå her"
        if wanted:
            message, message_da = f"{message}; expected {wanted}", f"{message_da}; der skulle stå {wanted}"
        if self.at and token.kind in {WORD, QUOTED} and self.tokens[self.at - 1].kind in {WORD, QUOTED}:
            both = f"{self.tokens[self.at - 1].text} {token.text}"
            message += f"; if '{both}' is one name, write `{both}`"
            message_da += f"; hvis '{both}' er ét navn, så skriv `{both}`"
        return FeelSyntaxError(self.text, token.start, message, message_da, expected)

    def fail(self, at: int, message: str, message_da: str, *expected: str) -> FeelSyntaxError:
        return FeelSyntaxError(self.text, at, message, message_da, expected)

    # -- whole texts -------------------------------------------------------------------------------------------------

    def whole_expression(self) -> n.Node:
        if self.token.kind == END:
            raise self.fail(0, "the expression is empty", "udtrykket er tomt")
        node = self.expression()
        if self.token.kind != END:
            raise self.unexpected()
        return node

    def whole_tests(self) -> n.Tests:
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
        token = self.token
        if token.kind == OP and token.text in COMPARISONS:
            self.take()
            return n.Test(token.start, token.text, self.expression(ADD))
        return n.Test(token.start, None, self.expression())

    # -- expressions by precedence -----------------------------------------------------------------------------------

    def expression(self, floor: int = OR) -> n.Node:
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
        if self.is_op("("):
            before = self.at
            self.take()
            try:
                items = tuple(self.tests())
                if self.is_op(")") and (len(items) > 1 or items[0].op is not None):
                    self.take()
                    return n.Tests(start, items)
            except FeelSyntaxError:
                pass
            self.at = before
        return n.Tests(start, (n.Test(start, None, self.expression(ADD)),))

    def prefix(self) -> n.Node:
        token = self.token
        match token.kind:
            case "number":
                self.take()
                return n.Literal(token.start, token.value)
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
        raise self.unexpected()

    def _sign(self) -> n.Node:
        token = self.token
        match token.text:
            case "-":
                self.take()
                return n.Negation(token.start, self.expression(UNARY))
            case "(":
                return self._parenthesis()
            case "[":
                return self._list_or_range()
            case "]":
                self.take()
                return self._range_end(token.start, self.expression(), included=False)
            case "{":
                return self._context()
            case "?":
                self.take()
                return n.Input(token.start)
            case "@":
                return self._at_literal()
        raise self.unexpected()

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
                return self._if()
            case "for":
                return self._for()
            case "some" | "every":
                return self._quantified()
            case "function" if self.peek().text == "(":
                return self._function()
            case text if text in RESERVED:
                if self.peek().text == "(" and text in {"and", "or"}:  # deprecated functions and(list), or(list)
                    self.take()
                    return n.Name(token.start, text)
                raise self.unexpected()
        self.take()
        return n.Name(token.start, token.text)

    def _is_meant(self, known: tuple[str, int]) -> bool:
        """`date and time` is the function only where a call follows; names in scope always win."""
        name, count = known
        if name not in BUILTIN_PHRASES or " and " not in name:
            return True
        return self.peek(count).text == "("

    # -- brackets ----------------------------------------------------------------------------------------------------

    def _parenthesis(self) -> n.Node:
        start = self.take().start
        if self.token.kind == OP and self.token.text in COMPARISONS:
            return self._operator_range(start)
        inner = self.expression()
        if self.is_op(".."):
            return self._range_end(start, inner, included=False)
        self.take_op(")")
        return inner

    def _operator_range(self, start: int) -> n.Node:
        op = self.take().text
        operand = self.expression(ADD)
        self.take_op(")")
        match op:
            case "<" | "<=":
                return n.RangeOf(start, None, operand, False, op == "<=")
            case ">" | ">=":
                return n.RangeOf(start, operand, None, op == ">=", False)
            case "=":
                return n.RangeOf(start, operand, operand, True, True, "=")
        return n.RangeOf(start, operand, operand, False, False, "!=")

    def _list_or_range(self) -> n.Node:
        start = self.take().start
        if self.is_op("]"):
            self.take()
            return n.ListOf(start, ())
        items = [self.expression()]
        if self.is_op(".."):
            return self._range_end(start, items[0], included=True)
        while self.is_op(","):
            self.take()
            items.append(self.expression())
        self.take_op("]", ",") if not self.is_op("]") else self.take()
        return n.ListOf(start, tuple(items))

    def _range_end(self, start: int, low: n.Node, included: bool) -> n.Node:
        self.take_op("..")
        high = self.expression()
        close = self.take_op("]", ")", "[")
        return n.RangeOf(start, low, high, included, close.text == "]")

    def _context(self) -> n.Node:
        start = self.take().start
        entries: list[tuple[str, n.Node]] = []
        outer, self.names = self.names, Names(parent=self.names)
        while not self.is_op("}"):
            key = self._key()
            self.take_op(":")
            entries.append((key, self.expression()))
            self.names.add(key)
            self.properties.add(key)
            if not self.is_op(","):
                break
            self.take()
        self.take_op("}", ",") if not self.is_op("}") else self.take()
        self.names = outer
        return n.ContextOf(start, tuple(entries))

    def _key(self) -> str:
        if self.token.kind == STR:
            return str(self.take().value)
        return self.declared_name(":")

    def declared_name(self, *stops: str) -> str:
        """A name being introduced: all tokens up to one of `stops`."""
        if self.token.kind == QUOTED:
            return str(self.take().value)
        first = self.token
        if first.kind != WORD and not self.is_op("?"):
            raise self.unexpected()
        last = self.take()
        while self.token.text not in stops and (
            self.token.kind in {WORD, NUM} or (self.token.kind == OP and self.token.text in NAME_SIGNS)
        ):
            last = self.take()
        return normal(self.text[first.start : last.end])

    # -- postfix -----------------------------------------------------------------------------------------------------

    def postfix(self, left: n.Node) -> n.Node | None:
        """`.name`, `[…]` or `(…)` after `left`; None when the bracket closes a range instead."""
        sign = self.token.text
        if sign == "(":
            return self._call(left)
        if sign == ".":
            self.take()
            return n.Path(left.at, left, self._property())
        before = self.at
        self.take()
        try:
            self.filters += 1
            try:
                condition = self.expression()
            finally:
                self.filters -= 1
            self.take_op("]")
        except FeelSyntaxError:
            if not self._in_range_end(before):
                raise
            self.at = before
            return None
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
            raise self.unexpected()
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
        if not self.is_op(")"):
            raise self.unexpected(",", ")")
        self.take()
        if len(set(keys)) < len(keys):
            raise self.fail(target.at, "an argument is named twice", "et argument er navngivet to gange")
        return n.Call(target.at, target, tuple(args), tuple(keys) if names else None)

    def _argument_names(self) -> bool:
        """Whether the arguments are named: words up to a colon."""
        ahead = 0
        while self.peek(ahead).kind in {WORD, QUOTED, NUM} or self.peek(ahead).text in {"-", "'"}:
            ahead += 1
        return ahead > 0 and self.peek(ahead).text == ":" and self.token.kind in {WORD, QUOTED}

    # -- words -------------------------------------------------------------------------------------------------------

    def _if(self) -> n.Node:
        start = self.take().start
        condition = self.expression()
        self.take_word("then")
        yes = self.expression()
        if not self.is_word("else"):
            raise self.unexpected("else")
        self.take()
        return n.If(start, condition, yes, self.expression())

    def _iterators(self) -> tuple[n.Iterator, ...]:
        iterators = []
        while True:
            start = self.token.start
            known = self.names.match(self.tokens, self.at)
            if known is not None and self.peek(known[1]).text == "in":
                name = known[0]
                self.at += known[1]
            else:
                name = self._iteration_name()
            self.take_word("in")
            domain = self.expression()
            end = None
            if self.is_op(".."):
                self.take()
                end = self.expression()
            iterators.append(n.Iterator(start, name, domain, end))
            self.names.add(name)
            if not self.is_op(","):
                return tuple(iterators)
            self.take()

    def _iteration_name(self) -> str:
        return self.declared_name("in")

    def _for(self) -> n.Node:
        start = self.take().start
        outer, self.names = self.names, Names(parent=self.names)
        iterators = self._iterators()
        self.take_word("return")
        body = self.expression()
        self.names = outer
        return n.For(start, iterators, body)

    def _quantified(self) -> n.Node:
        word = self.take()
        outer, self.names = self.names, Names(parent=self.names)
        iterators = self._iterators()
        self.take_word("satisfies")
        condition = self.expression()
        self.names = outer
        return n.Quantified(word.start, word.text == "every", iterators, condition)

    def _function(self) -> n.Node:
        start = self.take().start
        self.take()
        outer, self.names = self.names, Names(parent=self.names)
        params: list[str] = []
        types: list[FeelType | None] = []
        while not self.is_op(")"):
            params.append(self.declared_name(",", ")", ":"))
            self.names.add(params[-1])
            if self.is_op(":"):
                self.take()
                types.append(read_type(self))
            else:
                types.append(None)
            if not self.is_op(","):
                break
            self.take()
        self.take_op(")", ",") if not self.is_op(")") else self.take()
        node: n.Node
        if self.is_word("external"):
            self.take()
            self.expression()
            node = n.External(start, tuple(params))
        else:
            node = n.FunctionOf(start, tuple(params), tuple(types), self.expression())
        self.names = outer
        return node

    def _at_literal(self) -> n.Node:
        start = self.take().start
        if self.token.kind != STR:
            raise self.unexpected('"')
        text = str(self.take().value)
        for read in (read_date, read_date_time, read_time, read_duration):
            value = read(text)
            if value is not None:
                return n.Literal(start, value)
        return n.BadTemporal(start, text)


BUILTIN_PHRASES: set[str] = set()
_BASE = Names()
_PROPERTIES = Names(PROPERTY_NAMES)


def know_phrases(phrases: Iterable[str]) -> None:
    """Built-in functions whose names are several words (`string length`)."""
    for phrase in phrases:
        BUILTIN_PHRASES.add(phrase)
        _BASE.add(phrase)


def parse(text: str, names: Iterable[str] = (), properties: Iterable[str] = ()) -> n.Node:
    """The tree of an expression. Raises FeelSyntaxError.

    `names` are the names in scope and `properties` the names of context entries, as far as they hold spaces or signs.
    """
    return Parser(text, Names(names, _BASE), Names(properties, _PROPERTIES)).whole_expression()


def parse_tests(text: str, names: Iterable[str] = (), properties: Iterable[str] = ()) -> n.Tests:
    """The tree of unary tests (a decision table's cell). Raises FeelSyntaxError."""
    return Parser(text, Names(names, _BASE), Names(properties, _PROPERTIES)).whole_tests()
