"""The parser's hold on its tokens: looking ahead, taking, and saying what should have stood there."""

from __future__ import annotations

from .errors import FeelSyntaxError
from .lexer import END, NUM, OP, QUOTED, WORD, Token, tokenize
from .naming import normal

NAME_SIGNS = frozenset({".", "/", "-", "'", "+", "*", "**", "?"})
A_NAME, A_TYPE, A_VALUE = ("a name", "et navn"), ("a type", "en type"), ("a value", "en værdi")


class Stream:
    """The tokens of one text, and the place in them."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = tokenize(text)
        self.at = 0

    @property
    def token(self) -> Token:
        """The token at the place."""
        return self.tokens[self.at]

    def peek(self, ahead: int = 1) -> Token:
        """A token further on; the closing END beyond the last."""
        return self.tokens[min(self.at + ahead, len(self.tokens) - 1)]

    def is_op(self, text: str) -> bool:
        """Whether this operator stands here."""
        token = self.tokens[self.at]
        return token.kind == OP and token.text == text

    def is_word(self, text: str) -> bool:
        """Whether this word stands here."""
        token = self.tokens[self.at]
        return token.kind == WORD and token.text == text

    def take(self) -> Token:
        """The token here, moving on."""
        token = self.tokens[self.at]
        if token.kind != END:
            self.at += 1
        return token

    def take_op(self, *texts: str) -> Token:
        """One of these operators, or FeelSyntaxError."""
        token = self.token
        if token.kind != OP or token.text not in texts:
            raise self.unexpected(*texts)
        return self.take()

    def close(self, bracket: str) -> Token:
        """The bracket that ends a list of things, or FeelSyntaxError naming the comma too."""
        if not self.is_op(bracket):
            raise self.unexpected(",", bracket)
        return self.take()

    def take_word(self, text: str) -> Token:
        """This word, or FeelSyntaxError."""
        if not self.is_word(text):
            raise self.unexpected(text)
        return self.take()

    def unexpected(self, *expected: str, thing: tuple[str, str] = ("", "")) -> FeelSyntaxError:
        """The error that something else should have stood here: one of these texts, or a thing by its two names."""
        token = self.token
        wanted = ", ".join(f"'{text}'" for text in expected)
        if token.kind == END:
            message, message_da = "the expression ends too early", "udtrykket slutter for tidligt"
        else:
            message, message_da = f"'{token.text}' is not expected here", f"'{token.text}' kan ikke stå her"
        if wanted or thing[0]:
            message = f"{message}; expected {wanted or thing[0]}"
            message_da = f"{message_da}; der skulle stå {wanted or thing[1]}"
        if self.at and token.kind in {WORD, QUOTED} and self.tokens[self.at - 1].kind in {WORD, QUOTED}:
            both = f"{self.tokens[self.at - 1].text} {token.text}"
            message += f"; if '{both}' is one name, write `{both}`"
            message_da += f"; hvis '{both}' er ét navn, så skriv `{both}`"
        return FeelSyntaxError(self.text, token.start, message, message_da, expected)

    def fail(self, at: int, message: str, message_da: str, *expected: str) -> FeelSyntaxError:
        """The error of a message at an offset."""
        return FeelSyntaxError(self.text, at, message, message_da, expected)

    def declared_name(self, *stops: str) -> str:
        """A name being introduced: all tokens up to one of `stops`."""
        if self.token.kind == QUOTED:
            return str(self.take().value)
        first = self.token
        if first.kind != WORD and not self.is_op("?"):
            raise self.unexpected(thing=A_NAME)
        last = self.take()
        while self.token.text not in stops and (
            self.token.kind in {WORD, NUM} or (self.token.kind == OP and self.token.text in NAME_SIGNS)
        ):
            last = self.take()
        return normal(self.text[first.start : last.end])
