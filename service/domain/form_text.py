"""Between what people type and what is stored: Danish numbers and dates, CPR, phone, mail.

`read` takes the text of one field to its value and refuses with a Danish reason; `to_json` gives the value as it is
stored (dates `2026-01-31`, times `09:30`, instants as local time with offset); `write` takes a JSON or FEEL value back to
the text that `read` understands.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from stdnum.dk import cpr
from stdnum.exceptions import ValidationError

from service.domain.clock import LOCAL_ZONE
from service.domain.form_model import Field, Format, Kind
from service.domain.json import Json

CHECKED = "ja"
"""What a ticked box sends."""
LONGEST_NUMBER = 15
"""Digits of a number: more cannot be held exactly as a JSON number everywhere."""

_ISO_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_DANISH_DATE = re.compile(r"(\d{1,2})\s*[-/. ]\s*(\d{1,2})\s*[-/. ]\s*(\d{4})")
_SOLID_DATE = re.compile(r"(\d{2})(\d{2})(\d{4})")
_TIME = re.compile(r"(?:kl\.?\s*)?(\d{1,2})(?:[:.](\d{2})(?::\d{2})?)?")
_GROUPED = re.compile(r"[+-]?\d{1,3}(\.\d{3})+(,\d+)?")
_PLAIN = re.compile(r"[+-]?\d+(,\d+)?")
_EMAIL = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s.,;<>\"]{2,}")
_PHONE = re.compile(r"\+?\d{8,15}")
_CASE_NUMBER = re.compile(r"[0-9A-Za-zÆØÅæøå]+(?:[-/.][0-9A-Za-zÆØÅæøå]+)*")


class Unreadable(Exception):
    """The text is no value of the kind. `str(error)` is the end of a Danish sentence that begins with the field's name."""


class WrongType(Exception):
    """A JSON value of another kind than the field takes. `str(error)` says in Danish what was expected."""


def read_number(text: str) -> int | float:
    """`1.234,5`, `1234,5`, `-7`. A dot only groups thousands, so that `1.5` is refused and never misread."""
    compact = text.replace(" ", "").replace("\N{NO-BREAK SPACE}", "").replace("−", "-")
    if not (_PLAIN.fullmatch(compact) or _GROUPED.fullmatch(compact)):
        hint = ". Brug komma som decimaltegn" if re.fullmatch(r"[+-]?\d+\.\d+", compact) else ""
        raise Unreadable(f"skal være et tal, for eksempel 1.250 eller 7,5{hint}.")
    number = Decimal(compact.replace(".", "").replace(",", "."))
    if len(number.as_tuple().digits) > LONGEST_NUMBER:
        raise Unreadable(f"må højst have {LONGEST_NUMBER} cifre.")
    return float(number) if "," in compact and number % 1 else int(number)


def write_number(number: float) -> str:
    """`1234,5`: as people type it, without grouping."""
    digits = format(Decimal(repr(number)), "f") if isinstance(number, float) else str(number)
    return (digits.rstrip("0").rstrip(".") if "." in digits else digits).replace(".", ",")


def read_date(text: str) -> date:
    """`31-01-2026`, `31/1 2026`, `31.1.2026`, `31012026` and `2026-01-31`."""
    if found := _ISO_DATE.fullmatch(text):
        year, month, day = found.groups()
    elif found := (_DANISH_DATE.fullmatch(text) or _SOLID_DATE.fullmatch(text)):
        day, month, year = found.groups()
    else:
        raise Unreadable("skal være en dato, skrevet dd-mm-åååå, for eksempel 31-01-2026.")
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        raise Unreadable(f"er ikke en dato, der findes ({text}). Skriv den som dd-mm-åååå.") from None


def read_time(text: str) -> time:
    """`9:30`, `09.30`, `kl. 9`."""
    found = _TIME.fullmatch(text)
    if not found:
        raise Unreadable("skal være et klokkeslæt, for eksempel 09:30.")
    hour, minute = int(found[1]), int(found[2] or 0)
    if hour > 23 or minute > 59:
        raise Unreadable(f"er ikke et klokkeslæt, der findes ({text}). Skriv det som 09:30.")
    return time(hour, minute)


def read_date_time(text: str) -> datetime:
    """`31-01-2026 09:30` as local time; the first of two instants when the clock is set back."""
    day_text, _, time_text = text.strip().partition(" ")
    if not time_text and "T" in day_text:
        return _read_iso(day_text)
    if not day_text or not time_text:
        raise Unreadable("skal have både dato og klokkeslæt, for eksempel 31-01-2026 og 09:30.")
    moment = datetime.combine(read_date(day_text), read_time(time_text.strip()), LOCAL_ZONE)
    return moment


def _read_iso(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Unreadable("skal være en dato og et klokkeslæt, for eksempel 31-01-2026 09:30.") from None
    return moment.astimezone(LOCAL_ZONE) if moment.tzinfo else moment.replace(tzinfo=LOCAL_ZONE)


def read_cpr(text: str, today: date) -> str:
    """Ten digits. The date must exist and not lie ahead; modulus 11 is not asked, since numbers without it are given out."""
    digits = text.replace("-", "").replace(" ", "")
    if not re.fullmatch(r"\d{10}", digits):
        raise Unreadable("skal være et CPR-nummer med ti cifre, for eksempel 010190-1234.")
    try:
        born = cpr.get_birth_date(digits)
    except ValidationError:
        raise Unreadable("begynder ikke med en dato, der findes. Se efter, om cifrene er byttet om.") from None
    if born > today:
        raise Unreadable("har en fødselsdato, der ikke er nået endnu. Se efter, om cifrene er byttet om.")
    return digits


def read_file(text: str) -> dict[str, Json]:
    """The document that a file has become: its key, and its name for people."""
    key, _, name = text.partition(" ")
    if not key.isdecimal() or not name:
        raise Unreadable("skal være en fil. Vælg den igen.")
    return {"dokument": key, "navn": name}


def read_text(field: Field, text: str, today: date) -> str:
    """The text of a text field in the form it is stored in.

    Mail is checked, phone and CPR lose spaces and dashes.
    """
    match field.format:
        case Format.EMAIL:
            if not _EMAIL.fullmatch(text):
                raise Unreadable("skal være en mailadresse, for eksempel navn@eksempel.dk.")
        case Format.PHONE:
            text = re.sub(r"[\s()-]", "", text)
            if not _PHONE.fullmatch(text):
                raise Unreadable("skal være et telefonnummer med mindst otte cifre, for eksempel 12 34 56 78.")
        case Format.CPR:
            return read_cpr(text, today)
        case Format.CASE_NUMBER:
            if not _CASE_NUMBER.fullmatch(text):
                raise Unreadable("skal være et sagsnummer: cifre og bogstaver, evt. delt af bindestreg.")
        case Format.PLAIN:
            pass
    return text


def read(field: Field, text: str, today: date) -> str | int | float | date | time | datetime | dict[str, Json]:
    """The value of what was typed (not empty). Raises `Unreadable`. Choices and ticks are read by `forms`."""
    match field.kind:
        case Kind.NUMBER:
            return read_number(text)
        case Kind.DATE:
            return read_date(text)
        case Kind.TIME:
            return read_time(text)
        case Kind.DATE_TIME:
            return read_date_time(text)
        case Kind.FILE:
            return read_file(text)
        case _:
            return read_text(field, text, today)


def to_json(value: Any) -> Json:
    """A value as it is stored."""
    match value:
        case datetime():
            return value.isoformat(timespec="seconds")  # as FEEL reads it
        case date():
            return value.isoformat()
        case time():
            return f"{value:%H:%M}"
    return value


def write(field: Field, value: Json) -> list[str]:
    """The texts of the field that mean this value: none for null, several for a checklist. Raises `WrongType`."""
    if value is None:
        return []
    match field.kind:
        case Kind.CHECKLIST:
            if not isinstance(value, (list, tuple)) or any(isinstance(part, (list, dict)) for part in value):
                raise WrongType("en liste af valgmuligheder")
            return [_scalar(part) for part in value]
        case Kind.CHECKBOX:
            if not isinstance(value, bool):
                raise WrongType("sand eller falsk (true/false)")
            return [CHECKED] if value else []
        case Kind.NUMBER:
            if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)):
                raise WrongType("et tal")
            return [write_number(float(value) if isinstance(value, Decimal) and value % 1 else _whole(value))]
        case Kind.SELECT | Kind.RADIO:
            if isinstance(value, (list, dict)):
                raise WrongType("én af valgmulighederne")
            return [_scalar(value)]
        case Kind.FILE:
            if not isinstance(value, Mapping) or not isinstance(value.get("dokument"), str):
                raise WrongType("en fil, der er lagt op (dokument og navn)")
            return [f"{value['dokument']} {value.get('navn') or 'fil'}"]
        case Kind.DATE_TIME | Kind.DATE | Kind.TIME:
            return [_write_temporal(field.kind, value)]
        case _:
            if not isinstance(value, str):
                raise WrongType("en tekst")
            return [value] if value else []


def _whole(value: float | Decimal) -> int | float:
    return int(value) if isinstance(value, Decimal) else value


def _write_temporal(kind: Kind, value: Any) -> str:
    """A date as `31-01-2026`, a time as `09:30`, an instant as both with a space; text that is neither stays as it is."""
    if isinstance(value, str):
        try:
            value = {Kind.DATE: read_date, Kind.TIME: read_time}.get(kind, _read_iso)(value)
        except Unreadable:
            return str(value)
    if isinstance(value, datetime):
        value = value.astimezone(LOCAL_ZONE) if value.tzinfo else value
        shape = {Kind.DATE: "%d-%m-%Y", Kind.TIME: "%H:%M"}.get(kind, "%d-%m-%Y %H:%M")
        return f"{value:{shape}}"
    if isinstance(value, date) and kind is Kind.DATE:
        return f"{value:%d-%m-%Y}"
    if isinstance(value, time) and kind is Kind.TIME:
        return f"{value:%H:%M}"
    raise WrongType("en dato" if kind is Kind.DATE else "et klokkeslæt" if kind is Kind.TIME else "dato og klokkeslæt")


def _scalar(value: Json) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
