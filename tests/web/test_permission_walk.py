"""Everybody at every door: each address × each role × own and another unit, by the table of rights (PROCEDURES B8)."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping, Sequence
from io import BytesIO
from typing import Any

import lxml.html
import pytest
from werkzeug.test import TestResponse

from service.testing.world import DEMO_PASSWORD
from service.web import security
from tests.web.house import ROLES, House, token
from tests.web.two_units import NORD_CPR, SECRETS

# In a cell: own case, then another unit's case (one sign: there is no difference).
#   +  allowed     -  refused (403)     0  not found (404)     >  asked to log in
# Own is: for the visitator a case that she has in visitation; for all others the case that Mona has in the unit Nord.
TABLE = """
                                                      vis men kol enh bif myn psy rap led pro dri rev adm api nul
GET  /static/<path:name>                              +   +   +   +   +   +   +   +   +   +   +   +   +   +   +
GET  /health                                          +   +   +   +   +   +   +   +   +   +   +   +   +   +   +
GET  /metrics                                         +   +   +   +   +   +   +   +   +   +   +   +   +   +   +
GET  /log-ind                                         +   +   +   +   +   +   +   +   +   +   +   +   +   +   +
POST /log-ind                                         +   +   +   +   +   +   +   +   +   +   +   +   +   +   +
POST /log-ud                                          >   >   >   >   >   >   >   >   >   >   >   >   >   >   >
POST /sprog                                           +   +   +   +   +   +   +   +   +   +   +   +   +   +   +
GET  /licenser                                        +   +   +   +   +   +   +   +   +   +   +   +   +   +   +
GET  /                                                +   +   +   +   +   +   +   +   +   +   +   +   +   +   >
GET  /opgaver                                         +   +   +   +   +   +   +   +   +   -   -   -   -   +   >
POST /opgaver/filtre                                  +   +   +   +   +   +   +   +   +   -   -   -   -   +   >
POST /opgaver/filtre/slet                             +   +   +   +   +   +   +   +   +   -   -   -   -   +   >
POST /opgaver/tildel                                  +-  +-  --  +-  +-  -   -   -   +-  -   -   -   -   -   >
GET  /opgaver/<int:key>                               +-  +-  --  +-  +-  -   -   -   +-  -   -   -   -   -   >
POST /opgaver/<int:key>                               +-  +-  --  +-  +-  -   -   -   +-  -   -   -   -   -   >
POST /opgaver/<int:key>/kladde                        +-  +-  --  +-  +-  -   -   -   +-  -   -   -   -   -   >
POST /opgaver/<int:key>/tag                           +-  +-  +-  +-  +-  -   -   -   +-  -   -   -   -   -   >
POST /opgaver/<int:key>/frigiv                        +-  +-  --  +-  +-  -   -   -   +-  -   -   -   -   -   >
POST /opgaver/<int:key>/tildel                        +-  +-  --  +-  +-  -   -   -   +-  -   -   -   -   -   >
GET  /opgaver/<int:key>/ret                           --  +-  --  +-  --  -   -   -   +-  -   -   -   -   -   >
POST /opgaver/<int:key>/ret                           --  +-  --  +-  --  -   -   -   +-  -   -   -   -   -   >
POST /opgaver/<int:key>/bilag                         +-  +-  --  +-  --  -   -   -   +-  -   -   -   -   -   >
GET  /opgaver/<int:key>/udskriv                       +-  +-  --  +-  +-  -   -   -   +-  -   -   -   -   -   >
GET  /opgaver/<int:key>/udskriv.pdf                   +-  +-  --  +-  +-  -   -   -   +-  -   -   -   -   -   >
GET  /sager                                           +   +   +   +   +   +   +   +   +   -   -   +   -   +   >
POST /sager                                           +   +   +   +   +   +   +   +   +   -   -   +   -   +   >
GET  /sager/<number>                                  +-  +-  --  +-  +-  -   -   -   +-  -   -   -   -   -   >
GET  /noedadgang                                      +   +   +   +   -   -   -   -   -   -   -   +   -   +   >
POST /noedadgang                                      +   +   +   +   -   -   -   -   -   -   -   +   -   +   >
POST /sager/<number>/notat                            +-  +-  --  +-  --  -   -   -   +-  -   -   -   -   -   >
GET  /sager/<number>/haendelser/<name>                +-  +-  --  +-  --  -   -   -   --  -   -   -   -   -   >
POST /sager/<number>/haendelser/<name>                +-  +-  --  +-  --  -   -   -   --  -   -   -   -   -   >
POST /sager/<number>/aktiviteter                      --  +-  --  +-  --  -   -   -   --  -   -   -   -   -   >
GET  /sager/<number>/skemaer/<form_id>/<int:version>  +-  +-  --  +-  +-  -   -   -   +-  -   -   -   -   -   >
GET  /sager/<number>/skemaer/<form_id>/<int:version>.pdf +-  +-  --  +-  +-  -   -   -   +-  -   -   -   -   -   >
GET  /sager/<number>/dokumenter                       +-  +-  --  +-  +-  -   -   -   +-  -   -   -   -   -   >
POST /sager/<number>/dokumenter                       +-  +-  --  +-  --  -   -   -   +-  -   -   -   -   -   >
POST /sager/<number>/genaabn                          +-  +-  --  +-  --  -   -   -   --  -   -   -   -   -   >
POST /sager/<number>/maerke                           --  --  --  --  --  -   -   -   --  -   -   -   -   -   >
GET  /sager/<number>/adgang                           --  --  --  +-  --  -   -   -   +-  -   -   +   -   +   >
GET  /sager/<number>/frister/<deadline_id>            --  --  --  +-  --  -   -   -   +-  -   -   -   -   -   >
POST /sager/<number>/frister/<deadline_id>            --  --  --  +-  --  -   -   -   +-  -   -   -   -   -   >
GET  /dokumenter/<int:key>                            +-  +-  --  +-  +-  -   -   -   +-  -   -   -   -   -   >
GET  /dokumenter/<int:key>/vis                        +-  +-  --  +-  +-  -   -   -   +-  -   -   -   -   -   >
GET  /skemaer/<form_id>                               +   +   +   +   +   +   +   +   +   +   +   +   +   +   >
GET  /skemaer/<form_id>.pdf                           +   +   +   +   +   +   +   +   +   +   +   +   +   +   >
GET  /henvendelse                                     +   +   +   +   +   -   +   +   -   -   -   -   -   -   >
GET  /henvendelse/<folder>                            +   +   +   +   -   -   +   -   -   -   -   -   -   -   >
POST /henvendelse/<folder>                            +   +   +   +   -   -   +   -   -   -   -   -   -   -   >
GET  /overblik                                        -   -   -   +   -   -   -   +   +   -   -   -   -   -   >
GET  /overblik/<table>.<ending>                       -   -   -   +   -   -   -   +   +   -   -   -   -   -   >
GET  /overblik/venter                                 -   -   -   +   -   -   -   -   +   -   -   -   -   -   >
GET  /instanser                                       -   -   -   +   -   -   -   -   +   -   +   -   -   +   >
GET  /instanser/<int:key>                             --  --  --  +-  --  -   -   -   +-  -   +   -   -   +   >
POST /instanser/<int:key>/suspender                   --  --  --  +-  --  -   -   -   +-  -   +   -   -   +   >
POST /instanser/<int:key>/genoptag                    --  --  --  +-  --  -   -   -   +-  -   +   -   -   +   >
POST /instanser/<int:key>/annuller                    --  --  --  +-  --  -   -   -   +-  -   +   -   -   +   >
GET  /haendelser                                      -   -   -   +   -   -   -   -   +   -   +   -   -   +   >
POST /haendelser/proev-igen                           --  --  --  +-  --  -   -   -   +-  -   +   -   -   +   >
GET  /procedurer                                      +   +   +   +   +   +   +   +   +   +   +   +   +   +   >
GET  /procedurer/<process_id>                         +   +   +   +   +   +   +   +   +   +   +   +   +   +   >
GET  /procedurer/<process_id>/<int:version>.bpmn      +   +   +   +   +   +   +   +   +   +   +   +   +   +   >
POST /procedurer/<process_id>/start                   +   +   +   +   -   -   -   -   -   -   -   -   -   -   >
GET  /notitser                                        +   +   +   +   +   +   +   +   +   +   +   +   +   +   >
POST /notitser/laest                                  +   +   +   +   +   +   +   +   +   +   +   +   +   +   >
GET  /notitser/<int:key>                              +0  +0  +0  +0  +0  +0  +0  +0  +0  +0  +0  +0  +0  +0  >
GET  /admin                                           +   +   +   +   -   -   -   -   -   +   -   -   +   +   >
GET  /admin/enheder                                   -   -   -   -   -   -   -   -   -   -   -   -   +   +   >
GET  /admin/enheder/ny                                -   -   -   -   -   -   -   -   -   -   -   -   +   +   >
POST /admin/enheder/ny                                -   -   -   -   -   -   -   -   -   -   -   -   +   +   >
GET  /admin/enheder/<unit_id>                         -   -   -   -   -   -   -   -   -   -   -   -   +   +   >
POST /admin/enheder/<unit_id>                         -   -   -   -   -   -   -   -   -   -   -   -   +   +   >
GET  /admin/medarbejdere                              -   -   -   -   -   -   -   -   -   -   -   -   +   +   >
GET  /admin/medarbejdere/ny                           -   -   -   -   -   -   -   -   -   -   -   -   +   +   >
POST /admin/medarbejdere/ny                           -   -   -   -   -   -   -   -   -   -   -   -   +   +   >
GET  /admin/medarbejdere/<username>                   -   -   -   -   -   -   -   -   -   -   -   -   +   +   >
POST /admin/medarbejdere/<username>                   -   -   -   -   -   -   -   -   -   -   -   -   +   +   >
POST /admin/medarbejdere/<username>/adgangskode       -   -   -   -   -   -   -   -   -   -   -   -   +   +   >
POST /admin/medarbejdere/<username>/luk               -   -   -   -   -   -   -   -   -   -   -   -   +   +   >
POST /admin/medarbejdere/<username>/aabn              -   -   -   -   -   -   -   -   -   -   -   -   +   +   >
GET  /admin/kalender                                  -   -   -   -   -   -   -   -   -   -   -   -   +   +   >
POST /admin/kalender                                  -   -   -   -   -   -   -   -   -   -   -   -   +   +   >
GET  /admin/kalender.yaml                             -   -   -   -   -   -   -   -   -   -   -   -   +   +   >
GET  /admin/regler                                    -   -   -   -   -   -   -   -   -   +   -   -   +   +   >
GET  /admin/regler/<decision_id>                      -   -   -   -   -   -   -   -   -   +   -   -   +   +   >
GET  /admin/regler/<decision_id>.dmn                  -   -   -   -   -   -   -   -   -   +   -   -   +   +   >
GET  /admin/regler/<decision_id>/<row_id>             -   -   -   -   -   -   -   -   -   +   -   -   +   +   >
POST /admin/regler/<decision_id>/<row_id>             -   -   -   -   -   -   -   -   -   +   -   -   +   +   >
GET  /admin/registre                                  +   +   +   +   -   -   -   -   -   +   -   -   +   +   >
GET  /admin/registre/<register_id>                    +   -   -   +   -   -   -   -   -   -   -   -   +   +   >
GET  /admin/registre/<register_id>/ny                 +   -   -   +   -   -   -   -   -   -   -   -   +   +   >
POST /admin/registre/<register_id>/ny                 +   -   -   +   -   -   -   -   -   -   -   -   +   +   >
GET  /admin/registre/<register_id>/<int:key>          +   -   -   +   -   -   -   -   -   -   -   -   +   +   >
POST /admin/registre/<register_id>/<int:key>          +   -   -   +   -   -   -   -   -   -   -   -   +   +   >
POST /admin/registre/<register_id>/<int:key>/fjern    +   -   -   +   -   -   -   -   -   -   -   -   +   +   >
GET  /hjaelp                                          +   +   +   +   +   +   +   +   +   +   +   +   +   +   >
GET  /hjaelp/<slug>                                   +   +   +   +   +   +   +   +   +   +   +   +   +   +   >
"""

CHANGES_NOTHING = {"/log-ind", "/log-ud", "/sprog", "/sager", "/opgaver/filtre/slet"}
"""Addresses whose allowed POST leaves the database as it was."""


def _read_table() -> dict[tuple[str, str], dict[str, str]]:
    header, *lines = TABLE.strip("\n").splitlines()
    columns = header.split()
    assert columns == list(ROLES)
    rows = {}
    for line in lines:
        method, address, *cells = line.split()
        assert len(cells) == len(columns), line
        rows[method, address] = dict(zip(columns, cells, strict=True))
    return rows


ROWS = _read_table()


# -- what is asked for ----------------------------------------------------------------------------------------------------

PROCESS = "udskrivningsmentor-forloeb"
REASON = {"begrundelse": "Borgeren ringer"}
REGISTER = "sygehusafdelinger"


def _static(house: House) -> str:
    page = house.app.test_client().get("/log-ind").text
    found = re.search(r'/static/([^"]+\.css)', page)
    assert found is not None
    return found[1]


def address_of(house: House, address: str, role: str, own: bool) -> str:
    """The address with this side's keys in it."""
    place = house.place(role, own)
    free = address.endswith("/tag")
    mine, other = ROLES[role] or "mona.mentor", "sune.mentor" if role != "sune.mentor" else "max.mentor"
    reopening = address.endswith("/genaabn")
    values = {
        "path:name": lambda: _static(house),
        "int:key": lambda: str(
            place.instance
            if address.startswith("/instanser")
            else place.document
            if address.startswith("/dokumenter")
            else house.two.notices[mine if own else other]
            if address.startswith("/notitser")
            else _register_row(house)
            if address.startswith("/admin/registre")
            else place.free
            if free
            else place.task
        ),
        "number": lambda: place.closed if reopening else place.number,
        "name": lambda: "msg_udskrevet",
        "table": lambda: "kilder",
        "ending": lambda: "csv",
        "form_id": lambda: place.form_id,
        "int:version": lambda: "1",
        "deadline_id": lambda: place.deadline,
        "folder": lambda: "udskrivningsmentor",
        "process_id": lambda: PROCESS,
        "slug": lambda: "opgaver",
        "unit_id": lambda: "voksenenhed-syd",
        "username": lambda: "signe.mentor",
        "register_id": lambda: REGISTER,
        "decision_id": lambda: "parametre",
        "row_id": lambda: "parametre_regel_2",
    }
    return re.sub(r"<([^>]+)>", lambda found: values[found[1]](), address)


def _register_row(house: House) -> int:
    rows = house.world.platform.read(lambda uow: uow.definitions.register_rows())
    return next(row.key for row in rows if row.register == REGISTER)


FORMS: Mapping[str, Mapping[str, str]] = {
    "men": {"stabil_hverdag": "ja", "maal": "Målene er nået"},
    "bif": {"bekraeftet": "ja", "koordinerende": "Birgit Test Ager"},
    "vis": {},
}
"""What is typed in the task of each role, beside what the form comes with."""
ENQUIRY = {
    **{"kilde": "bif", "cpr": "2803871126", "navn": "Nina Test Krat", "adresse": "Jagtvej 77", "postnummer": "2200"},
    **{"telefon": "22334464", "samtykke_region": "ja", "afdeling": "Psykiatrisk Center Nord"},
    **{"indlagt": "20-08-2014", "planlagt_udskrivning": "15-09-2014"},
}
COLLEAGUES = {"vis": "viggo.visitator", "bif": "bent.bif"}


def _file() -> Mapping[str, Any]:
    return {"slags": "bilag", "titel": "Brev fra borgeren", "fil": (BytesIO(b"Jeg vil gerne tales ved."), "brev.txt")}


def sent_with(house: House, address: str, role: str, own: bool) -> Mapping[str, str | Sequence[str]]:
    """The fields of a POST that would succeed for whoever has the right."""
    place = house.place(role, own)
    colleague = COLLEAGUES.get(role, "max.mentor") if own else "signe.mentor"
    fields: Mapping[str, Callable[[], Mapping[str, str | Sequence[str]]]] = {
        "/log-ind": lambda: {"brugernavn": ROLES[role] or "mona.mentor", "adgangskode": DEMO_PASSWORD},
        "/log-ud": dict,
        "/sprog": lambda: {"sprog": "en"},
        "/opgaver/filtre": lambda: {"navn": "Kun overskredne", "frist": "overskredet"},
        "/opgaver/filtre/slet": lambda: {"navn": "Findes ikke"},
        "/opgaver/tildel": lambda: {"opgave": [str(place.task)], "til": colleague},
        "/opgaver/<int:key>": lambda: FORMS.get(role, FORMS["men"]),
        "/opgaver/<int:key>/kladde": lambda: {"maal": "Halvt skrevet"},
        "/opgaver/<int:key>/tag": dict,
        "/opgaver/<int:key>/frigiv": dict,
        "/opgaver/<int:key>/tildel": lambda: {"til": colleague},
        "/opgaver/<int:key>/ret": lambda: {"prioritet": "60", **REASON},
        "/sager": lambda: {"q": place.cpr},
        "/sager/<number>/dokumenter": _file,
        "/opgaver/<int:key>/bilag": _file,
        "/noedadgang": lambda: {"sag": place.number, **REASON},
        "/sager/<number>/notat": lambda: {"tekst": "Borgeren ringede"},
        "/sager/<number>/haendelser/<name>": lambda: {"udskrevet": "01-09-2014"},
        "/sager/<number>/aktiviteter": lambda: {"aktivitet": "ut_kontakt_registrer"},
        "/sager/<number>/genaabn": lambda: REASON,
        "/sager/<number>/maerke": lambda: REASON,
        "/sager/<number>/frister/<deadline_id>": lambda: {"til": "2015-06-01", **REASON},
        "/henvendelse/<folder>": lambda: ENQUIRY,
        "/instanser/<int:key>/suspender": lambda: REASON,
        "/instanser/<int:key>/genoptag": lambda: REASON,
        "/instanser/<int:key>/annuller": lambda: REASON,
        "/haendelser/proev-igen": lambda: {"haendelse": str(place.incident)},
        "/procedurer/<process_id>/start": dict,
        "/notitser/laest": dict,
        "/admin/enheder/ny": lambda: {"id": "voksenenhed-midt", "navn": "Voksenenhed Midt"},
        "/admin/enheder/<unit_id>": lambda: {"telefon": "33 00 00 99", **REASON},
        "/admin/medarbejdere/ny": lambda: {"brugernavn": "ny.mentor", "navn": "Ny Test Mentor"},
        "/admin/medarbejdere/<username>": lambda: {"titel": "Mentor", **REASON},
        "/admin/medarbejdere/<username>/adgangskode": lambda: REASON,
        "/admin/medarbejdere/<username>/luk": lambda: REASON,
        "/admin/medarbejdere/<username>/aabn": lambda: REASON,
        "/admin/kalender": lambda: {"loerdag": "true", **REASON},
        "/admin/regler/<decision_id>/<row_id>": lambda: {"v1": "3", "aendring": "ret", **REASON},
        "/admin/registre/<register_id>/ny": lambda: {"navn": "Ny afdeling", "nummer": "1", "psykiatrisk": "true"},
        "/admin/registre/<register_id>/<int:key>": lambda: {"navn": "Nyt navn", "aendring": "ret", **REASON},
        "/admin/registre/<register_id>/<int:key>/fjern": lambda: REASON,
    }
    return fields[address]()


def typed_on(page: TestResponse) -> dict[str, list[str]]:
    """What a browser would send of the page's form as it stands."""
    forms = [form for form in lxml.html.fromstring(page.data).forms if form.get("id") == "skema"]
    assert len(forms) == 1
    values: dict[str, list[str]] = {}
    for name, value in forms[0].form_values():
        values.setdefault(name, []).append(value)
    return values


# -- the walk -------------------------------------------------------------------------------------------------------------


def knock(house: House, method: str, address: str, role: str, own: bool, *, forged: bool = False) -> TestResponse:
    client = house.client(role)
    where = address_of(house, address, role, own)
    if method == "GET":
        return client.get(where)
    if address.endswith("/genoptag"):
        _suspend(house, role, own)
    if address.endswith("/aabn"):
        _close_account(house, address_of(house, address, role, own))
    data: dict[str, str | Sequence[str]] = {}
    edits = "key" in address or address.startswith("/admin/")
    if own and not forged and "+" in ROWS[method, address][role] and ("GET", address) in ROWS and edits:
        data |= typed_on(client.get(where))
    data |= sent_with(house, address, role, own)
    data[security.CSRF_FIELD] = "made up" if forged else token(client)
    return client.post(where, data=data)


def _suspend(house: House, role: str, own: bool) -> None:
    """So that there is something to resume."""
    where = address_of(house, "/instanser/<int:key>/suspender", role, own)
    operator = house.client("dri")
    operator.post(where, data={**REASON, security.CSRF_FIELD: token(operator)})


def _close_account(house: House, where: str) -> None:
    """So that there is something to open again."""
    administrator = house.client("adm")
    closing = where.removesuffix("/aabn") + "/luk"
    administrator.post(closing, data={**REASON, security.CSRF_FIELD: token(administrator)})


def verdict(answer: TestResponse) -> str:
    if answer.status_code in (302, 303) and answer.headers["Location"].startswith("/log-ind"):
        return ">"
    if answer.status_code < 400:
        return "+"
    return {403: "-", 404: "0"}.get(answer.status_code, str(answer.status_code))


@pytest.mark.parametrize(("method", "address"), ROWS)
def test_every_door_is_open_to_whom_the_table_says(
    house: House, method: str, address: str, caplog: pytest.LogCaptureFixture
) -> None:
    wrong = []
    caplog.set_level(logging.DEBUG)
    for role, cell in ROWS[method, address].items():
        for own, expected in zip((True, False), cell, strict=False):
            wrong += _wrong_at(house, method, address, role, own, expected)
    assert not wrong, "\n".join(wrong)
    told = caplog.text
    assert not any(secret in told for secret in (NORD_CPR, house.two.syd.cpr, house.two.syd.citizen))


def _wrong_at(house: House, method: str, address: str, role: str, own: bool, expected: str) -> list[str]:
    here = f"{method} {address}, {role}, {'own' if own else 'another unit'}"
    if method == "POST":
        answer = knock(house, method, address, role, own, forged=True)
        if answer.status_code != 400:
            return [f"{here}: without a token {answer.status_code}"]
    before = house.writes()
    answer = knock(house, method, address, role, own)
    seen = verdict(answer)
    wrong = []
    if seen != expected:
        wrong.append(f"{here}: {seen} instead of {expected}")
    if expected != "+" and _tells(answer.text, house, role, own):
        wrong.append(f"{here}: the refusal shows what it refuses")
    location = answer.headers.get("Location", "")
    if any(cpr in location for cpr in (NORD_CPR, house.two.syd.cpr)):
        wrong.append(f"{here}: a CPR number in the address {location}")
    if method == "POST" and not address.endswith(("/genoptag", "/aabn")):
        changed = house.writes() != before and house.fingerprint() != house.untouched
        if changed is not (seen == "+" and address not in CHANGES_NOTHING):
            wrong.append(f"{here}: {'something' if changed else 'nothing'} has changed")
    if house.writes() != before:
        house.put_back()
    return wrong


def _tells(text: str, house: House, role: str, own: bool) -> bool:
    place = house.place(role, own)
    dashed = f"{place.cpr[:6]}-{place.cpr[6:]}"
    return any(secret in text for secret in (place.citizen, place.cpr, dashed, *SECRETS.values()))


def test_the_table_has_a_row_for_every_address_and_none_beside(house: House) -> None:
    served = {
        (method, rule.rule)
        for rule in house.app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert served - ROWS.keys() == set(), "addresses without a row in the table"
    assert ROWS.keys() - served == set(), "rows for addresses that do not exist"
