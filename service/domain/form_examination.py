"""Reads what stands in a form and checks it: values, conditions, rules, cross-checks and warnings, in one pass each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from service.domain.errors import SetupFault
from service.domain.form_checks import called, choice_fault, fault_of, is_empty
from service.domain.form_fields import read_option
from service.domain.form_model import CHOICES, Component, Field, Kind, Option, Prose, Rows, Schema, Section
from service.domain.form_places import (
    MOST_ROWS,
    FormContext,
    Raw,
    Submission,
    environment_of,
    listing,
    mapping,
    place_of,
    row_numbers,
    typed,
)
from service.domain.form_text import Unreadable, read, to_json
from service.domain.house_feel import FUNCTIONS
from service.domain.json import Json, Variables
from service.feel import Expression

_ROUNDS = 10
"""How often conditions are evaluated until they agree; only conditions that contradict each other need more."""


def examine(schema: Schema, raw: Raw, context: FormContext) -> Submission:
    """What stands in the form, and what is wrong with it. Raises `SetupFault` when a needed option source is missing."""
    return _Examination(schema, raw, context).result()


class _Examination:
    """One reading of one form."""

    def __init__(self, schema: Schema, raw: Raw, context: FormContext) -> None:
        self.schema, self.raw, self.context = schema, raw, context
        self.environment, known = environment_of(context)
        fields = (part.key for part in schema.walk() if isinstance(part, Field))
        self.variables = {**{key: None for key in fields if key in FUNCTIONS}, **known}
        """A hidden field is null in expressions, also where a function happens to be called the same (`dato`)."""
        self.today: date = self.variables["i_dag"]
        self.values: dict[str, Any] = {}
        self.unreadable: dict[str, str] = {}
        self.errors: dict[str, str] = {}
        self.warnings: dict[str, str] = {}
        self.choices: dict[str, tuple[Option, ...]] = {}
        self.texts: dict[str, str] = {}

    def result(self) -> Submission:
        components = self.schema.components
        self._read(components, "")
        hidden = self._settle_conditions()
        tree = self._assemble(components, "", hidden, {})
        self._judge(components, "", tree, self.variables | tree, hidden, "")
        return Submission(
            raw=self.raw,
            values=self._as_json(components, "", hidden, {}),
            errors=self.errors,
            warnings=self.warnings,
            hidden=hidden,
            choices=self.choices,
            texts=self.texts,
            context=self.context,
        )

    # -- reading --------------------------------------------------------------------------------------------------------

    def _read(self, components: Sequence[Component], prefix: str) -> None:
        for part in components:
            place = place_of(part, prefix)
            if isinstance(part, Field):
                self.values[place] = self._value(part, place)
            elif isinstance(part, Section):
                self._read(part.components, f"{place}." if part.path else prefix)
            elif isinstance(part, Rows):
                for number in row_numbers(self.raw, place):
                    self._read(part.components, f"{place}.{number}.")

    def _value(self, part: Field, place: str) -> Any:
        texts = typed(part, place, self.raw)
        if part.kind is Kind.CHECKBOX:
            return bool(texts)
        if part.kind in CHOICES:
            return chosen(part, texts, part.options)
        if not texts:
            return None
        text = texts[0].rstrip() if part.kind is Kind.LONG_TEXT else texts[0].strip()
        try:
            return read(part, text, self.today)
        except Unreadable as reason:
            self.unreadable[place] = str(reason)
            return None

    # -- conditions -----------------------------------------------------------------------------------------------------

    def _settle_conditions(self) -> frozenset[str]:
        """What is hidden. Conditions see only what is visible, so they are asked again until nothing changes."""
        hidden: frozenset[str] = frozenset()
        if not self.schema.conditional:
            return hidden
        components = self.schema.components
        for _ in range(_ROUNDS):
            tree = self._assemble(components, "", hidden, {})
            found = set[str]()
            self._ask_conditions(components, "", tree, self.variables | tree, found)
            if found == hidden:
                break
            hidden = frozenset(found)
        return hidden

    def _ask_conditions(
        self, components: Sequence[Component], prefix: str, tree: Variables, scope: Variables, found: set[str]
    ) -> None:
        for part in components:
            place = place_of(part, prefix)
            if part.hide is not None and part.hide.evaluate(scope, self.environment) is True:
                found.add(place)
            elif isinstance(part, (Section, Rows)):
                for inner_prefix, inner, inner_scope, _ in self._inside(part, place, prefix, tree, scope, ""):
                    self._ask_conditions(part.components, inner_prefix, inner, inner_scope, found)

    def _inside(
        self, part: Section | Rows, place: str, prefix: str, tree: Variables, scope: Variables, where: str
    ) -> Iterator[tuple[str, Variables, Mapping[str, Any], str]]:
        """Prefix, values, scope and spoken place of what lies in a group (once) or a list (once per row)."""
        if isinstance(part, Section):
            if part.path is None:
                yield prefix, tree, scope, where
            else:
                inner = mapping(tree.get(part.path))
                yield f"{place}.", inner, {**scope, **inner}, where
            return
        rows = listing(tree.get(part.path))
        for count, number in enumerate(row_numbers(self.raw, place), 1):
            row = mapping(rows[count - 1]) if count <= len(rows) else {}
            yield (
                f"{place}.{number}.",
                row,
                {**scope, **row, "i": count},
                f"{called(part.label, where)}, række {count}: ",
            )

    # -- values ---------------------------------------------------------------------------------------------------------

    def _assemble(
        self, components: Sequence[Component], prefix: str, hidden: frozenset[str], into: dict[str, Any]
    ) -> dict[str, Any]:
        """The tree of values that expressions see."""
        for part in components:
            place = place_of(part, prefix)
            if place in hidden:
                continue
            match part:
                case Field():
                    into[part.key] = self.values[place]
                case Section(path=None):
                    self._assemble(part.components, prefix, hidden, into)
                case Section(path=str() as path):
                    into[path] = self._assemble(part.components, f"{place}.", hidden, {})
                case Rows():
                    into[part.path] = [
                        self._assemble(part.components, f"{place}.{number}.", hidden, {})
                        for number in row_numbers(self.raw, place)
                    ]
        return into

    def _as_json(
        self, components: Sequence[Component], prefix: str, hidden: frozenset[str], into: dict[str, Json]
    ) -> dict[str, Json]:
        """The values that are submitted: nothing hidden, nothing disabled, no row that is wholly empty."""
        for part in components:
            place = place_of(part, prefix)
            if place in hidden or (isinstance(part, Field) and part.disabled):
                continue
            match part:
                case Field():
                    into[part.key] = to_json(self.values[place])
                case Section(path=None):
                    self._as_json(part.components, prefix, hidden, into)
                case Section(path=str() as path):
                    into[path] = self._as_json(part.components, f"{place}.", hidden, {})
                case Rows():
                    rows = [
                        self._as_json(part.components, f"{place}.{number}.", hidden, {})
                        for number in row_numbers(self.raw, place)
                    ]
                    into[part.path] = [row for row in rows if not (part.may_change and is_blank(row))]
        return into

    # -- rules ----------------------------------------------------------------------------------------------------------

    def _judge(
        self,
        components: Sequence[Component],
        prefix: str,
        tree: Variables,
        scope: Variables,
        hidden: frozenset[str],
        where: str,
    ) -> None:
        for part in components:
            place = place_of(part, prefix)
            if place in hidden:
                continue
            if isinstance(part, Prose) and isinstance(part.text, Expression):
                text = part.text.evaluate(scope, self.environment)
                self.texts[place] = text if isinstance(text, str) else ""
            elif isinstance(part, Field):
                self._judge_field(part, place, scope, where)
            elif isinstance(part, (Section, Rows)):
                if isinstance(part, Rows) and len(row_numbers(self.raw, place)) > MOST_ROWS:
                    self.errors[place] = f"{called(part.label, where)} må højst have {MOST_ROWS} rækker."
                for inner_prefix, inner, inner_scope, spoken in self._inside(part, place, prefix, tree, scope, where):
                    self._judge(part.components, inner_prefix, inner, inner_scope, hidden, spoken)
                self._ask(part, place, where, scope)

    def _judge_field(self, part: Field, place: str, scope: Variables, where: str) -> None:
        name = called(part.label, where)
        value = self.values[place]
        fault = None
        if part.kind in CHOICES:
            options = self._offered(part, place, scope)
            value = self.values[place] = chosen(part, typed(part, place, self.raw), options)
            fault = choice_fault(part, typed(part, place, self.raw), options, name) if not part.fixed else None
        if place in self.unreadable:
            fault = f"{name} {self.unreadable[place]}"
        if part.kind is Kind.FILE and value is not None and value["dokument"] not in self.context.files:
            fault = f"Filen under {name} ligger ikke på sagen. Vælg den igen."
        fault = fault or (None if part.fixed else fault_of(part, value, name, self.today))
        if fault:
            self.errors[place] = fault
        self._ask(part, place, where, scope)

    def _offered(self, part: Field, place: str, scope: Variables) -> tuple[Option, ...]:
        """The options of a choice; those that are not written in the form are remembered for the page."""
        if part.option_source is not None:
            if part.option_source not in self.context.choices:
                raise SetupFault(why=f"valglisten »{part.option_source}« til skemaet {self.schema.id} kan ikke slås op")
            self.choices[place] = tuple(self.context.choices[part.option_source])
        elif part.option_expression is not None:
            found = listing(part.option_expression.evaluate(scope, self.environment))
            self.choices[place] = tuple(option for entry in found if (option := read_option(plain(entry))))
        else:
            return part.options
        return self.choices[place]

    def _ask(self, part: Field | Section | Rows, place: str, where: str, scope: Variables) -> None:
        """The part's own `kontrol` and `advarsel`."""
        if part.check is not None and place not in self.errors:
            answer = part.check.evaluate(scope, self.environment)
            if isinstance(answer, str) and answer.strip():
                self.errors[place] = f"{where}{answer}"
            elif answer is False:
                self.errors[place] = f"{called(part.label, where)} kan ikke godkendes. Se det udfyldte igennem."
        if part.warning is not None:
            answer = part.warning.evaluate(scope, self.environment)
            if isinstance(answer, str) and answer.strip():
                self.warnings[place] = answer


def chosen(part: Field, texts: Sequence[str], options: Sequence[Option]) -> Any:
    """The value behind what was chosen among these options; of one that is not offered (yet) its text."""
    known = {option.text: option.value for option in options}
    values = [known.get(text, text) for text in dict.fromkeys(texts)]
    return values if part.kind is Kind.CHECKLIST else next(iter(values), None)


def is_blank(row: Json) -> bool:
    """Whether nothing was filled in anywhere in a row."""
    if isinstance(row, dict):
        return all(is_blank(value) for value in row.values())
    return is_empty(row)


def plain(entry: Any) -> Any:
    """An option that an expression made, with FEEL numbers as Python ones."""
    if isinstance(entry, Mapping):
        return {name: plain(value) for name, value in entry.items()}
    if isinstance(entry, (str, bool, int, float)) or entry is None:
        return entry
    try:
        return float(entry) if entry % 1 else int(entry)
    except (TypeError, ArithmeticError):
        return None
