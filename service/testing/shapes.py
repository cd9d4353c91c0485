"""What a value in a scenario must look like: told in Danish with an example, before anything acts on it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from service.domain.clock import LOCAL_ZONE
from service.domain.errors import BadInput


@dataclass(frozen=True, slots=True)
class Shape:
    """`told` continues »… skal være«."""

    told: str
    fits: Callable[[object], bool]

    def check(self, name: str, value: object) -> None:
        """Raises BadInput naming the key, the shape and what was written."""
        if not self.fits(value):
            raise BadInput(why=f"{name}: {_short(value)} passer ikke; det skal være {self.told}")


def _is_name(value: object) -> bool:
    return isinstance(value, str) and value != ""


def _is_plain(value: object) -> bool:
    return _is_name(value) or (isinstance(value, int | float | date) and not isinstance(value, bool))


def _is_names(value: object) -> bool:
    return _is_name(value) or (isinstance(value, list) and all(_is_name(item) for item in value))


def _is_object(value: object) -> bool:
    return isinstance(value, Mapping) and all(isinstance(key, str) for key in value)


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_day(value: object) -> bool:
    if isinstance(value, date):
        return not isinstance(value, datetime)
    try:
        date.fromisoformat(str(value))
    except ValueError:
        return False
    return True


def _is_time(value: object) -> bool:
    if isinstance(value, date):
        return True
    try:
        datetime.fromisoformat(str(value))
    except ValueError:
        return False
    return True


def _each(told: str, fits: Callable[[object], bool]) -> Shape:
    """Names with values that all fit."""
    return Shape(told, lambda v: isinstance(v, Mapping) and all(_is_name(k) and fits(x) for k, x in v.items()))


def _list(told: str, fits: Callable[[object], bool]) -> Shape:
    return Shape(told, lambda v: isinstance(v, list) and all(fits(x) for x in v))


def _is_step(value: object) -> bool:
    return isinstance(value, Mapping) and list(value) in (["frem"], ["til"])


def _is_case(value: object) -> bool:
    return (
        isinstance(value, Mapping)
        and _is_name(value.get("type"))
        and value.keys() <= {"type", "borger", "enhed", "ansvarlig"}
    )


def _is_incident(value: object) -> bool:
    return isinstance(value, Mapping) and value.keys() == {"ved", "siger"} and all(map(_is_name, value.values()))


def _is_file(value: object) -> bool:
    return isinstance(value, Mapping) and {"art", "endelse"} <= value.keys() <= {"sag", "art", "endelse", "med", "uden"}


def _is_notice(value: object) -> bool:
    return isinstance(value, Mapping) and "til" in value and value.keys() <= {"til", "tekst", "tekst~"}


ANYTHING = Shape("noget", lambda value: True)
NAME = Shape("et navn", _is_name)
NAMES = Shape("et navn eller en liste af navne, fx [ut_kontakt]", _is_names)
PLAIN = Shape("en tekst, et tal eller en dato", _is_plain)
YES_NO = Shape("true eller false", lambda value: isinstance(value, bool))
COUNT = Shape("et helt tal, 0 eller mere", _is_count)
DAY = Shape("en dato, fx 2014-09-10", _is_day)
TIME = Shape("en dato eller et tidspunkt, fx 2014-09-10T12:00", _is_time)
STEP = Shape("{frem: P3D} eller {til: 2014-09-10T12:00}", _is_step)
OBJECT = Shape("navne med værdier, fx {navn: Ida}", _is_object)
CASE = Shape(
    "sagens type, og evt. borger, enhed og ansvarlig, fx {type: prøvesag, enhed: nord}",
    _is_case,
)
OBJECTS = _list("en liste af navne med værdier, fx [{emne: Din plan}]", _is_object)
TRUE_OR_OBJECTS = Shape(f"true eller {OBJECTS.told}", lambda value: value is True or OBJECTS.fits(value))
TEXT_EACH = _each("navne med tekster, fx {dato: Skriv en dato}", lambda value: isinstance(value, str))
NAME_EACH = _each("navne med et navn, fx {ut_kontakt: team@nord}", _is_name)
NAME_OR_NONE_EACH = _each(f"{NAME_EACH.told}, eller null for ingen", lambda value: value is None or _is_name(value))
INCIDENTS = Shape(
    "et navn, eller en liste af navne eller {ved, siger}, fx [{ved: send_brev, siger: ingen adresse}]",
    lambda value: _is_name(value) or (isinstance(value, list) and all(_is_name(v) or _is_incident(v) for v in value)),
)
NAMES_EACH = _each("navne med en liste af navne, fx {mona.holm: [ut_kontakt]}", _is_names)
FORMS_SEEN_EACH = _each(
    f"{NAMES_EACH.told}, et antal af hvert skema, fx {{mona.holm: {{aftale: 2}}}}, eller null for ingen",
    lambda value: (
        value is None or _is_names(value) or (isinstance(value, Mapping) and all(map(_is_count, value.values())))
    ),
)
NUMBERS_EACH = _each(
    "navne med en liste af tal, fx {samtykker: [1, 2]}",
    lambda value: isinstance(value, list) and all(_is_count(number) for number in value),
)
YES_NO_EACH = _each("navne med true eller false", YES_NO.fits)
TIME_EACH = _each("navne med en dato, et tidspunkt eller null", lambda value: value is None or _is_time(value))
DAYS_EACH = _each(
    "frister med dage og grunde, fx {aftale: {2014-12-25: juledag}}",
    lambda value: isinstance(value, Mapping) and all(_is_day(k) and _is_name(why) for k, why in value.items()),
)
RECORD_EACH = _each("skemaer med felter eller et antal", lambda value: _is_count(value) or _is_object(value))
ROWS_EACH = _each(
    "registre med rækker, fx {afdelinger: {p1: {navn: Afsnit P1}}}",
    lambda value: OBJECTS.fits(value) or (isinstance(value, Mapping) and all(_is_object(v) for v in value.values())),
)
NOTICES = _list("en liste som [{til: mona.holm, tekst~: frist}]", _is_notice)
FILES = _list("en liste som [{art: rapport, endelse: csv, med: [linje]}]", _is_file)


def instant(value: object) -> datetime:
    """A YAML date-time or text as an instant; times without a zone are local. Raises BadInput."""
    if isinstance(value, datetime):
        return value.replace(tzinfo=value.tzinfo or LOCAL_ZONE).astimezone(UTC)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=LOCAL_ZONE).astimezone(UTC)
    try:
        return instant(datetime.fromisoformat(str(value)))
    except ValueError as fault:
        raise BadInput(why=f"{value!r} er ikke et tidspunkt; skriv fx 2014-09-10T12:00") from fault


def only(where: str, body: Mapping[str, object], known: Sequence[str]) -> None:
    """Raises BadInput for keys that nobody reads."""
    unknown = sorted(str(key) for key in body if key not in known)
    if unknown:
        raise BadInput(why=f"{where}: ukendt {', '.join(unknown)}; kendte: {', '.join(known)}")


def _short(value: object) -> str:
    text = "tomt" if value is None else str(value)
    return text if len(text) <= 60 else f"{text[:57]}…"
