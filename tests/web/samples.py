"""Made-up people and forms that tests of pages share."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from service.domain.access import Membership, Person
from service.domain.form_model import Option
from service.domain.forms import Form, FormContext, read_form

NOW = datetime(2014, 9, 1, 7, 0, tzinfo=UTC)
"""Monday 1 September 2014, 9 o'clock in Copenhagen."""

WORKER = Person(1, "mona.mentor", "Mona Test Mentor", frozenset({Membership("sagsbehandler", "nord")}))
LEADER = Person(2, "lone.leder", "Lone Test Leder", frozenset({Membership("leder", "nord")}), frozenset({"nord"}))
OWNER = Person(3, "pia.procesejer", "Pia Test Procesejer", frozenset({Membership("procesejer")}))
OPERATOR = Person(4, "dan.drift", "Dan Test Drift", frozenset({Membership("drift")}))
PEOPLE = {person.username: person for person in (WORKER, LEADER, OWNER, OPERATOR)}

YES_NO = [{"label": "Ja", "value": "ja"}, {"label": "Nej", "value": "nej"}]
SEVERAL = [
    {"label": label, "value": label.lower()} for label in ("Bolig", "Økonomi", "Netværk", "Behandling", "Uddannelse")
]
REQUIRED = {"validate": {"required": True}}

EVERYTHING: list[dict[str, Any]] = [
    {
        "type": "text",
        "id": "indledning",
        "text": "Udfyld skemaet **sammen med borgeren**.\n\n- Tag den tid, det tager\n- Se [hjælpen](/hjaelp) om samtykke",
    },
    {
        "type": "group",
        "label": "Borgeren",
        "id": "borgeren",
        "components": [
            {"type": "textfield", "key": "navn", "label": "Navn", "layout": {"row": "r1", "columns": 10}, **REQUIRED},
            {
                "type": "textfield",
                "key": "cpr",
                "label": "CPR-nummer",
                "layout": {"row": "r1", "columns": 6},
                "properties": {"format": "cpr"},
                **REQUIRED,
            },
            {"type": "textfield", "key": "mail", "label": "Mail", "validate": {"validationType": "email"}},
            {"type": "textfield", "key": "telefon", "label": "Telefon", "validate": {"validationType": "phone"}},
            {
                "type": "textfield",
                "key": "sagsnummer",
                "label": "Tidligere sag",
                "properties": {"format": "sagsnummer"},
            },
            {
                "type": "textfield",
                "key": "oprettet_af",
                "label": "Oprettet af",
                "readonly": True,
                "defaultValue": "Mona Test Mentor",
            },
        ],
    },
    {"type": "separator", "id": "streg"},
    {
        "type": "radio",
        "key": "samtykke",
        "label": "Har borgeren givet samtykke?",
        "description": "Samtykket skal være skriftligt.",
        "values": YES_NO,
        **REQUIRED,
    },
    {
        "type": "textarea",
        "key": "hvorfor_ikke",
        "label": "Hvorfor ikke?",
        "validate": {"required": True, "maxLength": 500},
        "conditional": {"hide": '=samtykke != "nej"'},
    },
    {"type": "checklist", "key": "emner", "label": "Hvad drejer det sig om?", "values": SEVERAL, **REQUIRED},
    {"type": "select", "key": "enhed_id", "label": "Enhed", "properties": {"kilde": "enheder"}},
    {
        "type": "number",
        "key": "timer",
        "label": "Aftalte timer",
        "description": "Halve timer skrives 7,5.",
        "appearance": {"suffixAdorner": "timer"},
        "decimalDigits": 1,
        "validate": {"min": 0, "max": 100},
        "properties": {"advarsel": '=if timer > 20 then "Det er mere end rammen på 20 timer." else null'},
    },
    {"type": "datetime", "key": "start", "dateLabel": "Startdato", "subtype": "date", "properties": {"fra": "=i_dag"}},
    {
        "type": "datetime",
        "key": "slut",
        "dateLabel": "Slutdato",
        "subtype": "date",
        "properties": {"kontrol": '=if slut < start then "Slutdato må ikke ligge før Startdato." else null'},
    },
    {"type": "datetime", "key": "ringe", "timeLabel": "Bedste tid at ringe", "subtype": "time"},
    {"type": "datetime", "key": "moede", "dateLabel": "Første møde", "subtype": "datetime"},
    {"type": "checkbox", "key": "tolk", "label": "Der er brug for tolk"},
    {"type": "textfield", "key": "sprog", "label": "Hvilket sprog?", "conditional": {"hide": "=not(tolk)"}},
    {
        "type": "group",
        "label": "Kriterier",
        "path": "kriterier",
        "properties": {"visning": "matrix"},
        "components": [
            {"type": "radio", "key": key, "label": label, "values": YES_NO, **REQUIRED}
            for key, label in (
                ("bor_her", "Bor i kommunen"),
                ("indlagt", "Er indlagt eller nyligt udskrevet"),
                ("oensker", "Ønsker støtte"),
            )
        ],
    },
    {
        "type": "dynamiclist",
        "path": "maal",
        "label": "Mål",
        "components": [
            {"type": "textfield", "key": "tekst", "label": "Hvad skal nås?", **REQUIRED},
            {"type": "datetime", "key": "dato", "dateLabel": "Opfølgning", "subtype": "date"},
            {"type": "checkbox", "key": "naaet", "label": "Målet er nået"},
        ],
    },
    {
        "type": "dynamiclist",
        "path": "netvaerk",
        "label": "Netværk",
        "defaultRepetitions": 2,
        "properties": {"visning": "tabel"},
        "components": [
            {"type": "textfield", "key": "hvem", "label": "Navn"},
            {"type": "textfield", "key": "rolle", "label": "Rolle"},
            {"type": "radio", "key": "maa_kontaktes", "label": "Må kontaktes", "values": YES_NO},
        ],
    },
]


def make_form(components: list[dict[str, Any]] | None = None) -> Form:
    """A form with every kind of part, or with these."""
    schema = {"type": "default", "id": "proeveskema", "title": "Prøveskema", "components": components or EVERYTHING}
    found = read_form(json.dumps(schema).encode(), "proeveskema.form")
    assert isinstance(found, Form), found
    return found


def make_context(**facts: Any) -> FormContext:
    units = [Option("Voksenenhed Nord", "nord"), Option("Voksenenhed Syd", "syd")]
    return FormContext(now=NOW, facts=facts, choices={"enheder": units})
