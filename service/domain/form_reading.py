"""Reads a form-js schema into the model, or says in Danish what is wrong with it and how to mend it.

Nothing in a schema is passed over in silence: what is not known here is a finding. Keys that only concern the drawing
program (`exporter`, `layout` beyond columns …) are listed as known and ignored.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from service.domain.definitions import Finding
from service.domain.form_fields import FieldReader
from service.domain.form_model import Component, Field, Kind, Print, Prose, Rows, Schema, Section, Separator

DEEPEST, MOST = 8, 500

_FORM_KEYS = frozenset({"type", "id", "title", "schemaVersion", "components", "exporter", "executionPlatform"})
_FORM_KEYS |= {"executionPlatformVersion", "versionTag", "$schema", "properties", "udskrift", "vejledning"}
_COMMON = frozenset({"type", "id", "layout", "conditional", "properties"})
_INPUT = _COMMON | {"key", "label", "description", "validate", "defaultValue", "readonly", "disabled"}
_CHOICE = _INPUT | {"values", "valuesExpression"}
_CONTAINER = _COMMON | {"label", "components", "path", "showOutline", "verticalAlignment"}
_KNOWN: dict[str, frozenset[str]] = {
    "text": _COMMON | {"text"},
    "separator": _COMMON,
    "group": _CONTAINER,
    "dynamiclist": _CONTAINER
    | {"isRepeating", "allowAddRemove", "defaultRepetitions", "disableCollapse", "nonCollapsedItems"},
    "textfield": _INPUT | {"appearance"},
    "textarea": _INPUT,
    "number": _INPUT | {"appearance", "decimalDigits", "increment", "serializeToString"},
    "datetime": (_INPUT - {"label"})
    | {"label", "subtype", "dateLabel", "timeLabel", "timeInterval", "use24h", "disallowPassedDates"}
    | {"timeSerializingFormat"},
    "select": _CHOICE | {"searchable"},
    "radio": _CHOICE,
    "checkbox": _INPUT,
    "checklist": _CHOICE,
    "taglist": _CHOICE,
    "filepicker": _INPUT | {"accept", "multiple"},
}
_PROPERTIES: dict[str, frozenset[str]] = {
    "text": frozenset({"vises"}),
    "separator": frozenset(),
    "group": frozenset({"fra", "kontrol", "advarsel", "visning", "vises", "paa_papir"}),
    "dynamiclist": frozenset({"fra", "kontrol", "advarsel", "visning", "vises", "paa_papir"}),
    "filepicker": frozenset({"kontrol", "advarsel", "art", "titel", "vises", "paa_papir"}),
}
_FIELD_PROPERTIES = frozenset({"fra", "kontrol", "advarsel", "format", "kilde", "vises", "paa_papir"})
_SHOWN = ("", "skærm", "papir", "udfyldt")
_PRINT = frozenset({"titel", "intro", "naeste", "kontakt", "klage", "underskrifter"})


def read_schema(content: bytes, file: str) -> Schema | list[Finding]:
    """The form in a file, or every fault that can be told at once."""
    try:
        text = content.decode("utf-8")
        data = json.loads(text)
    except UnicodeDecodeError:
        return [Finding(file, None, None, "Filen er ikke tekst i UTF-8. Gem den igen som UTF-8.")]
    except json.JSONDecodeError as fault:
        return [Finding(file, None, fault.lineno, f"Filen er ikke gyldig JSON ved tegn {fault.colno}: {fault.msg}.")]
    reader = _Reader(text, file)
    schema = reader.form(data)
    errors = [finding for finding in reader.findings if finding.error]
    return errors if errors or schema is None else schema


class _Reader(FieldReader):
    """Reads a whole schema."""

    def __init__(self, text: str, file: str) -> None:
        super().__init__(text, file)
        self._count = 0

    def form(self, data: object) -> Schema | None:
        if not isinstance(data, dict):
            self.fault(None, "En formular er et JSON-objekt med »id« og »components«.")
            return None
        self.refuse_unknown(None, data, _FORM_KEYS, "Formularen")
        form_id = self.take(None, data, "id", str, "")
        if not re.fullmatch(r"[A-Za-z_][\w.-]*", form_id):
            self.fault(None, 'Formularen mangler et »id« (bogstaver, cifre, bindestreg), for eksempel "id": "aftale".')
        if data.get("type", "default") != "default":
            self.fault(None, 'Formularens »type« skal være "default".')
        components = self.components(data, None, set(), 1)
        return Schema(
            form_id,
            self.take(None, data, "title", str, ""),
            components,
            self.print(data),
            self.texts(data, "vejledning", '["gode-raad"]'),
        )

    def print(self, data: Mapping[str, Any]) -> Print:
        """What the form says about its printed form (`udskrift`)."""
        said = self.take(None, data, "udskrift", dict, {})
        self.refuse_unknown(None, said, _PRINT, "»udskrift«")
        return Print(
            title=self.take(None, said, "titel", str, ""),
            intro=self.take(None, said, "intro", str, ""),
            next_steps=self.texts(said, "naeste", '["Vi mødes igen om en uge."]'),
            contact=self.take(None, said, "kontakt", str, ""),
            complaint=self.take(None, said, "klage", str, ""),
            signatures=self.texts(said, "underskrifter", '["Borger", "Sagsbehandler"]'),
        )

    def texts(self, data: Mapping[str, Any], name: str, example: str) -> tuple[str, ...]:
        """A list of texts, none of them empty."""
        found = self.take(None, data, name, list, [])
        if not all(isinstance(line, str) and line.strip() for line in found):
            self.fault(None, f"»{name}« er en liste af tekster, for eksempel {example}.")
            return ()
        return tuple(found)

    def components(
        self, data: Mapping[str, Any], where: str | None, keys: set[str], depth: int
    ) -> tuple[Component, ...]:
        """The components of a part; `keys` are the names already used in the object their values go into."""
        if depth > DEEPEST:
            self.fault(where, f"Formularen er delt op i mere end {DEEPEST} lag. Del den i flere formularer.")
            return ()
        found = []
        for entry in self.take(where, data, "components", list, []):
            self._count += 1
            if self._count == MOST:
                self.fault(where, f"Formularen har mere end {MOST} dele. Del den i flere formularer.")
            if self._count >= MOST:
                break
            if component := self.component(entry, keys, depth):
                found.append(component)
        return tuple(found)

    def component(self, data: object, keys: set[str], depth: int) -> Component | None:
        if not isinstance(data, dict):
            self.fault(None, "Hver del i »components« skal være et JSON-objekt med »type«.")
            return None
        kind = data.get("type")
        where = data.get("key") or data.get("path") or data.get("id")
        where = where if isinstance(where, str) else None
        if not isinstance(kind, str) or kind not in _KNOWN:
            self.fault(
                where, f"Typen »{kind}« kan ikke bruges. {_INSTEAD.get(str(kind), 'Brug en af: ' + ', '.join(_KNOWN))}."
            )
            return None
        self.refuse_unknown(where, data, _KNOWN[kind], f"Delen af typen »{kind}«")
        properties = self.properties(where, data, kind)
        common = self.common(where, data, kind, properties)
        match kind:
            case "text":
                return self.prose(where, data, common)
            case "separator":
                return Separator(**common)
            case "group":
                return self.section(where, data, properties, common, keys, depth)
            case "dynamiclist":
                return self.rows(where, data, properties, common, keys, depth)
            case _:
                return self.field(where, data, kind, properties, common, keys)

    def common(
        self, where: str | None, data: Mapping[str, Any], kind: str, properties: Mapping[str, str]
    ) -> dict[str, Any]:
        layout = self.take(where, data, "layout", dict, {})
        conditional = self.take(where, data, "conditional", dict, {})
        self.refuse_unknown(where, conditional, frozenset({"hide"}), "»conditional«")
        hide = self.take(where, conditional, "hide", str, "")
        columns = layout.get("columns")
        if columns is not None and not (isinstance(columns, int) and 1 <= columns <= 16):
            self.fault(where, "»layout.columns« skal være et helt tal fra 1 til 16.")
            columns = None
        shown = properties.get("vises", "")
        if shown not in _SHOWN or (shown == "papir" and kind != "text"):
            self.fault(where, f'»vises« kan være "skærm", "udfyldt" eller (kun for tekster) "papir", ikke »{shown}«.')
        return {
            "id": self.take(where, data, "id", str, "") or f"del_{self._count}",
            "hide": self.feel(where, "conditional.hide", hide) if hide else None,
            "row": self.take(where, layout, "row", str, "") or None,
            "columns": columns,
            "on_screen": shown != "papir",
            "on_paper": shown != "skærm",
            "on_blank": shown not in ("skærm", "udfyldt") and kind != "filepicker",
        }

    def properties(self, where: str | None, data: Mapping[str, Any], kind: str) -> dict[str, str]:
        found = self.take(where, data, "properties", dict, {})
        known = _PROPERTIES.get(kind, _FIELD_PROPERTIES)
        self.refuse_unknown(where, found, known, "»properties«")
        for name, value in found.items():
            if not isinstance(value, str):
                self.fault(where, f"»properties.{name}« skal være en tekst.")
        return {name: value for name, value in found.items() if isinstance(value, str) and name in known}

    def prose(self, where: str | None, data: Mapping[str, Any], common: dict[str, Any]) -> Component | None:
        text = self.take(where, data, "text", str, "")
        if not text.lstrip().startswith("="):
            return Prose(text=text, **common)
        expression = self.feel(where, "text", text)
        return Prose(text=expression, **common) if expression else None

    def section(
        self,
        where: str | None,
        data: Mapping[str, Any],
        properties: Mapping[str, str],
        common: dict[str, Any],
        keys: set[str],
        depth: int,
    ) -> Section:
        path = self.key(where, data, "path", keys) if data.get("path") else None
        components = self.components(data, where, set() if path else keys, depth + 1)
        shown_as = properties.get("visning")
        if shown_as not in (None, "matrix"):
            self.fault(where, f'»visning« kan for en gruppe kun være "matrix", ikke »{shown_as}«.')
        same = {(p.kind, p.options) if isinstance(p, Field) else p for p in components}
        if shown_as == "matrix" and not (
            len(same) == 1 and all(isinstance(p, Field) and p.kind is Kind.RADIO for p in components)
        ):
            self.fault(
                where, "»visning: matrix« kræver, at alle felter i gruppen er »radio« med de samme svarmuligheder."
            )
        if path is None and "fra" in properties:
            self.fault(where, "»fra« på en gruppe kræver, at gruppen har et »path«.")
        return Section(
            label=self.label(where, data, "label"),
            path=path,
            components=components,
            matrix=shown_as == "matrix",
            paper_label=properties.get("paa_papir", ""),
            **self.expressions(where, properties),
            **common,
        )

    def rows(
        self,
        where: str | None,
        data: Mapping[str, Any],
        properties: Mapping[str, str],
        common: dict[str, Any],
        keys: set[str],
        depth: int,
    ) -> Rows:
        path = self.key(where, data, "path", keys)
        components = self.components(data, where, set(), depth + 1)
        shown_as = properties.get("visning")
        if shown_as not in (None, "tabel", "papirtabel"):
            self.fault(where, f'»visning« kan for en liste kun være "tabel" eller "papirtabel", ikke »{shown_as}«.')
        if shown_as and not all(isinstance(p, Field) for p in components):
            self.fault(where, f"»visning: {shown_as}« kræver, at listens dele alle er felter.")
        repetitions = self.take(where, data, "defaultRepetitions", int, 1)
        if not 0 <= repetitions <= 50:
            self.fault(where, "»defaultRepetitions« skal ligge mellem 0 og 50.")
        return Rows(
            label=self.label(where, data, "label"),
            path=path,
            components=components,
            default_rows=repetitions,
            may_change=self.take(where, data, "allowAddRemove", bool, True),
            table=shown_as == "tabel",
            paper_table=shown_as in ("tabel", "papirtabel"),
            paper_label=properties.get("paa_papir", ""),
            **self.expressions(where, properties),
            **common,
        )


_INSTEAD: Mapping[str, str] = {
    "button": "Sidens egne knapper sender skemaet",
    "image": "Billeder vises ikke i skemaer",
    "html": "Brug »text« med markdown",
    "iframe": "Andre sider vises ikke i skemaer",
    "spacer": "Brug »separator«",
    "table": "Brug »dynamiclist« med »visning: tabel«",
    "expression": "Beregn værdien i diagrammet",
    "documentPreview": "Dokumenter ses på sagen",
}
