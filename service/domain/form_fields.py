"""Reads one field of a form-js schema: its kind, options, rules and format."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from service.domain.attachments import TYPES
from service.domain.form_findings import Findings
from service.domain.form_model import CHOICES, Field, Format, Kind, Option, Rules
from service.feel import Expression, patterns

_RULES: dict[str, frozenset[str]] = {
    "textfield": frozenset({"required", "minLength", "maxLength", "pattern", "validationType", "patternErrorMessage"}),
    "textarea": frozenset({"required", "minLength", "maxLength"}),
    "number": frozenset({"required", "min", "max"}),
}
_SOURCE = re.compile(r"enheder(:[\w-]+)?|register:[\w-]+|medarbejdere:[\w-]+(@(enhed|opgave))?")
_KINDS = {
    "textfield": Kind.TEXT,
    "textarea": Kind.LONG_TEXT,
    "number": Kind.NUMBER,
    "select": Kind.SELECT,
    "radio": Kind.RADIO,
    "checkbox": Kind.CHECKBOX,
    "checklist": Kind.CHECKLIST,
    "taglist": Kind.CHECKLIST,
    "filepicker": Kind.FILE,
}
_SUBTYPES = {"date": Kind.DATE, "time": Kind.TIME, "datetime": Kind.DATE_TIME}


class FieldReader(Findings):
    """Reads fields."""

    def field(
        self,
        where: str | None,
        data: Mapping[str, Any],
        kind_name: str,
        properties: Mapping[str, str],
        common: dict[str, Any],
        keys: set[str],
    ) -> Field:
        kind = self.subtype(where, data) if kind_name == "datetime" else _KINDS[kind_name]
        label_names = ["label"]
        if kind_name == "datetime":
            label_names = ["timeLabel", "label"] if kind is Kind.TIME else ["dateLabel", "label"]
        options, option_expression = self.options(where, data, kind, properties)
        appearance = self.take(where, data, "appearance", dict, {})
        self.refuse_unknown(where, appearance, frozenset({"prefixAdorner", "suffixAdorner"}), "»appearance«")
        rules, text_format = self.rules(where, data, kind_name, kind, properties)
        return Field(
            kind=kind,
            key=self.key(where, data, "key", keys),
            label=self.label(where, data, *label_names),
            description=self.take(where, data, "description", str, ""),
            rules=rules,
            format=text_format,
            options=options,
            option_expression=option_expression,
            option_source=properties.get("kilde") if kind in CHOICES else None,
            default=self.default(where, data, kind),
            readonly=self.take(where, data, "readonly", bool, False),
            disabled=self.take(where, data, "disabled", bool, False),
            prefix=self.take(where, appearance, "prefixAdorner", str, ""),
            suffix=self.take(where, appearance, "suffixAdorner", str, ""),
            **(self.file_rules(where, data, properties) if kind is Kind.FILE else {}),
            paper_label=properties.get("paa_papir", ""),
            **self.expressions(where, properties),
            **common,
        )

    def file_rules(self, where: str | None, data: Mapping[str, Any], properties: Mapping[str, str]) -> dict[str, Any]:
        """What a file must be, and which document of the case it becomes."""
        if data.get("multiple"):
            self.fault(
                where, "»multiple« kan ikke bruges. Læg filfeltet i en »dynamiclist«, så hver fil får sin række."
            )
        if data.get("readonly") or data.get("disabled") or data.get("defaultValue") is not None:
            self.fault(where, "Et filfelt kan hverken være låst eller have en fil på forhånd.")
        accepted = self.take(where, data, "accept", str, "")
        types = [
            text.strip().lower().lstrip(".").replace("jpeg", "jpg") for text in accepted.split(",") if text.strip()
        ]
        if unknown := [type_ for type_ in types if type_ not in TYPES]:
            self.fault(where, f"»accept« kan nævne {', '.join(f'.{t}' for t in TYPES)}, ikke »{unknown[0]}«.")
        if not re.fullmatch(r"[a-zæøå][\wæøå-]*", properties.get("art", "")):
            self.fault(where, "Et filfelt skal sige, hvilken slags dokument filen bliver: »properties.art«, fx bilag.")
        title = properties.get("titel")
        return {
            "accepts": frozenset(types),
            "document_kind": properties.get("art", ""),
            "document_title": self.feel(where, "properties.titel", title) if title else None,
        }

    def subtype(self, where: str | None, data: Mapping[str, Any]) -> Kind:
        subtype = self.take(where, data, "subtype", str, "date")
        if subtype not in _SUBTYPES:
            self.fault(where, f"»subtype« skal være date, time eller datetime, ikke »{subtype}«.")
        if data.get("timeSerializingFormat") not in (None, "utc_offset"):
            self.fault(where, '»timeSerializingFormat« skal være "utc_offset" eller udelades.')
        return _SUBTYPES.get(subtype, Kind.DATE)

    def default(self, where: str | None, data: Mapping[str, Any], kind: Kind) -> object:
        value = data.get("defaultValue")
        if value is None or value == "":
            return None
        expected: dict[Kind, tuple[type | tuple[type, ...], str]] = {
            Kind.NUMBER: ((int, float), "et tal"),
            Kind.CHECKBOX: (bool, "true eller false"),
            Kind.CHECKLIST: (list, "en liste"),
            Kind.SELECT: ((str, int, float, bool), "en af værdierne"),
            Kind.RADIO: ((str, int, float, bool), "en af værdierne"),
        }
        types, name = expected.get(kind, (str, "en tekst"))
        if not isinstance(value, types) or (kind is Kind.NUMBER and isinstance(value, bool)):
            self.fault(where, f"»defaultValue« skal være {name}.")
            return None
        return value

    def options(
        self, where: str | None, data: Mapping[str, Any], kind: Kind, properties: Mapping[str, str]
    ) -> tuple[tuple[Option, ...], Expression | None]:
        if kind not in CHOICES:
            if "kilde" in properties:
                self.fault(where, "»kilde« kan kun bruges på felter med valgmuligheder (select, radio, checklist).")
            return (), None
        expression_text = self.take(where, data, "valuesExpression", str, "")
        source = properties.get("kilde")
        if source is not None and not _SOURCE.fullmatch(source):
            forms = (
                "enheder, enheder:<type>, register:<id>, medarbejdere:<rolle>, medarbejdere:<rolle>@enhed eller @opgave"
            )
            self.fault(where, f"»kilde« skal være {forms}, ikke »{source}«.")
        entries = self.take(where, data, "values", list, [])
        if sum((bool(entries), bool(expression_text), source is not None)) != 1:
            self.fault(
                where, "Feltet skal have valgmuligheder fra præcis ét sted: »values«, »valuesExpression« eller »kilde«."
            )
        if expression_text:
            return (), self.feel(where, "valuesExpression", expression_text)
        found: dict[str, Option] = {}
        for entry in entries:
            option = read_option(entry)
            if option is None:
                self.fault(where, "Hver valgmulighed i »values« skal have »label« og »value«.")
            elif option.text in found:
                self.fault(where, f"Værdien »{option.text}« står to gange i »values«.")
            else:
                found[option.text] = option
        return tuple(found.values()), None

    def rules(
        self, where: str | None, data: Mapping[str, Any], kind_name: str, kind: Kind, properties: Mapping[str, str]
    ) -> tuple[Rules, Format]:
        given = self.take(where, data, "validate", dict, {})
        self.refuse_unknown(where, given, _RULES.get(kind_name, frozenset({"required"})), "»validate«")
        text_format = self.text_format(where, kind, given, properties)
        pattern = self.take(where, given, "pattern", str, "") or None
        if pattern:
            try:
                patterns.compiled(pattern, "")
            except ValueError as fault:
                self.fault(
                    where, f"Mønstret i »validate.pattern« kan ikke bruges. Se efter, at parenteser går op ({fault})."
                )
                pattern = None
        rules = Rules(
            required=self.take(where, given, "required", bool, False),
            minimum=self.bound(where, given, "min"),
            maximum=self.bound(where, given, "max"),
            min_length=self.take(where, given, "minLength", int, 0) or None,
            max_length=self.take(where, given, "maxLength", int, 0) or None,
            pattern=pattern,
            pattern_message=self.take(where, given, "patternErrorMessage", str, "") or None,
            decimals=self.take(where, data, "decimalDigits", int, -1) if "decimalDigits" in data else None,
            no_past_dates=self.take(where, data, "disallowPassedDates", bool, False),
        )
        for low, high, names in (
            (rules.minimum, rules.maximum, "min« er større end »max"),
            (rules.min_length, rules.max_length, "minLength« er større end »maxLength"),
        ):
            if low is not None and high is not None and low > high:
                self.fault(where, f"»{names}«: intet kan opfylde begge.")
        if rules.decimals is not None and not 0 <= rules.decimals <= 10:
            self.fault(where, "»decimalDigits« skal ligge mellem 0 og 10.")
        if data.get("serializeToString"):
            self.fault(where, "»serializeToString« kan ikke bruges: tal gemmes som tal.")
        return rules, text_format

    def bound(self, where: str | None, given: Mapping[str, Any], name: str) -> float | None:
        value = given.get(name)
        if value is None or (isinstance(value, (int, float)) and not isinstance(value, bool)):
            return value
        self.fault(where, f"»validate.{name}« skal være et tal.")
        return None

    def text_format(
        self, where: str | None, kind: Kind, given: Mapping[str, Any], properties: Mapping[str, str]
    ) -> Format:
        wanted = [text for text in (given.get("validationType"), properties.get("format")) if text]
        wanted = [
            text for text in wanted if text != "custom"
        ]  # the drawing program's word for "by pattern and lengths"
        if not wanted:
            return Format.PLAIN
        allowed = {"validationType": ("email", "phone"), "format": ("cpr", "sagsnummer")}
        for name, text in (("validationType", given.get("validationType")), ("format", properties.get("format"))):
            if text and text != "custom" and text not in allowed[name]:
                self.fault(where, f"»{name}« kan være {' eller '.join(allowed[name])}, ikke »{text}«.")
                return Format.PLAIN
        if kind is not Kind.TEXT or len(wanted) > 1:
            self.fault(where, "»format« og »validationType« bruges på et »textfield«, og kun én af dem.")
            return Format.PLAIN
        return Format(wanted[0])


def read_option(entry: object) -> Option | None:
    """An option from JSON: `{label, value}`, or a plain value that is its own label; None when it is neither."""
    if isinstance(entry, Mapping):
        value, label = entry.get("value"), entry.get("label")
        if isinstance(value, (str, int, float, bool)) and value != "" and isinstance(label, str) and label:
            return Option(label, value)
        return None
    if isinstance(entry, (str, int, float, bool)) and entry != "":
        return Option(str(entry), entry)
    return None
