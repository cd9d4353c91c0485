"""The manifest of a procedure (`processes/<mappe>/procedure.yaml`): what the service must know that no diagram says.

Keys are Danish because process owners edit the file. Everything about a kind of case, its roles and its reports stands
here, so that the service itself knows no procedure.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, TypeVar

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationError

from service.domain.access import Reach
from service.domain.deadlines import Calendar
from service.domain.definitions import Finding
from service.domain.registers import Register, RegisterId
from service.domain.yaml_text import read_yaml

Feel = Annotated[str, StringConstraints(pattern=r"^\s*=", strip_whitespace=True)]
"""A FEEL expression, written with a leading `=`."""


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class CaseFields(Part):
    """Columns of the case that follow process variables: evaluated anew when a variable they read has changed."""

    borger_cpr: Feel | None = None
    """CPR of the citizen, who must be in the register (a form with `borger` fields puts her there)."""
    enhed: Feel | None = None
    """Id of the unit that has the case."""
    ansvarlig: Feel | None = None
    """Username of the case's worker."""
    afslutningsaarsag: Feel | None = None
    underaarsag: Feel | None = None
    regelsaet: Feel | None = None
    """Id of the law version that applies."""
    kilde: Feel | None = None
    """Source of the enquiry, for the reports."""
    timer_brugt: Feel | None = None
    timer_ramme: Feel | None = None
    noegledato: Feel | None = None
    """A date by which lists may be sorted, and against which figures measure."""
    markering: Feel | None = None
    """A text that every page about the citizen shows while the case is open, to all in the house who may see her; null: none.
    It also knows `sagsbehandler` (`{brugernavn, navn}`), the case's worker."""
    markering_efter: Feel | None = None
    """The same for the closed case: evaluated as it closes, shown until somebody of `markering_fjernes_af` takes it away."""
    tilknyttede: dict[str, Feel] = {}
    """Role → who is attached to the case in it: a username, a `rolle@enhed`, or a list of such (`laes: tilknyttet`)."""


class CaseKind(Part):
    titel: str
    proces: str
    """Instances of this process create a case of this kind, unless they are given a `sag`."""
    nummer: str = "{år}-{løbenr:06}"
    """Pattern of the case number; `{år}` and `{løbenr}` are filled in."""
    statusser: tuple[str, ...]
    afslutningsaarsager: dict[str, str]
    """Closing reason → what people read."""
    kilder: dict[str, str] = {}
    """Source of the enquiry → what people read."""
    felter: CaseFields = CaseFields()
    markering_fjernes_af: tuple[str, ...] = ()
    """Roles that may take away the mark that stays when the case has closed (`felter.markering_efter`)."""
    opbevaring: str = "P5Y"
    """How long a closed case is kept (ISO 8601)."""
    noedadgang_timer: int = Field(default=8, ge=1, le=72)
    """How long break-glass access to a case lasts."""


class RoleInfo(Part):
    titel: str
    organisation: str = ""
    leder: bool = False
    """Members with this role in a unit lead it."""
    ekstern: bool = False
    """People outside the house: they see named parts of their own cases, and neither other cases nor marks of the citizen."""
    myndighed: bool = True
    """False: never takes authority decisions (RET-16); no authority task may name the role."""


def _several(value: object) -> object:
    return value if isinstance(value, list | tuple) else (value,)


PARTS = frozenset({"status", "borger", "frister", "kontakter", "notater", "forsendelser"})
"""Parts of every case, beside `skema:<form-id>` and `dokument:<kind>`: status, unit and worker; the citizen's number and
address; deadlines; contacts; notes; what was sent."""


class Right(Part):
    """What one role may do with one kind of case (PROCEDURES B8): which cases (`laes`), and which parts of them (`dele`)."""

    laes: Annotated[tuple[Reach, ...], BeforeValidator(_several)] = (Reach.NONE,)
    """One or several: a case is hers when any of them reaches it."""
    dele: tuple[str, ...] | None = None
    """Only these parts of the case (see PARTS); None means all."""
    kun: dict[str, Feel] = {}
    """`skema:<form-id>` → which of its submissions: a condition over the form's own fields and `mig`
    (`{brugernavn, navn, roller, enheder}`), such as the meeting that she takes part in."""
    noedadgang: bool = False
    """May open other cases of this kind with a written reason, for a while: the same parts of them."""
    opret: bool = False
    styr: bool = False
    """May suspend, resume, cancel, assign and extend (manager's actions)."""


class Enquiry(Part):
    """Ny henvendelse: which process to start by hand and which of its tasks takes the form."""

    titel: str
    proces: str
    opgave: str
    roller: tuple[str, ...]


class ReportableEvent(Part):
    """Something a caseworker may report on a case when the running instance waits for this message."""

    titel: str
    hjaelp: str = ""
    formular: str | None = None
    """Form whose values become the message's variables."""
    roller: tuple[str, ...]
    noegle: Feel | None = None
    """The message's correlation key, from the form's answers and `sag`; without it the case's number. For events of which
    several may be awaited on a case, each of something else."""
    bekraeft: bool = False
    """The page asks once more before it is sent."""


class Activity(Part):
    """An ad-hoc activity: who may start it while its sub-process is active."""

    roller: tuple[str, ...]


class AttachmentKind(Part):
    """A kind of file that people attach to a case; who may read it says `dokument:<kind>`."""

    titel: str
    roller: tuple[str, ...] = ()
    """Who may attach it; empty: everybody who sees all of the case."""


class CitizenFields(Part):
    """Which fields of a form describe the citizen; what is entered updates the register of citizens."""

    cpr: str | None = None
    navn: str | None = None
    adresse: str | None = None
    telefon: str | None = None
    mail: str | None = None
    kommune: str | None = None
    beskyttet: str | None = None
    fritaget_digital_post: str | None = None
    tolkesprog: str | None = None
    doed: str | None = None


class ContactFields(Part):
    """Which fields of a form make a contact or an attempt at one. The time of the submission is used when `tidspunkt` is absent."""

    dato: str | None = None
    tidspunkt: str | None = None
    type: str | None = None
    med: str | None = None
    resultat: str | None = None
    varighed: str | None = None
    """Minutes."""
    indhold: str | None = None


class FormUse(Part):
    """What submitting a form registers on the case besides the form itself (which is always kept as a case record)."""

    borger: CitizenFields | None = None
    kontakt: ContactFields | None = None
    notat: str | None = None
    """Field whose text becomes a note of the case."""
    nummer: str | None = None
    """Variable under which the diagram gets the version's number: by it later forms can speak of this very submission."""
    vises: str | None = None
    """The case's page shows the newest of the forms with this heading, under it."""
    resume: Feel | None = None
    """What it says there: a text, or a list of texts, from the form's answers (and `i_dag`)."""


class CaseList(Part):
    """Things that stand on a case side by side, such as agreements in force: computed from its forms whenever somebody looks."""

    titel: str
    skema: str
    """The list is shown where the case has this form."""
    raekker: Feel
    """A list of contexts, each with its `nr`. It knows `skemaer` (form id → its versions, the first first: their answers and
    `nr`, `indsendt`, `indsendt_af`) and `i_dag`."""
    kolonner: dict[str, Feel]
    """Heading → what a row says there."""
    haendelse: str | None = None
    """The event that is offered at each row …"""
    handling: str | None = None
    """… and what its button says there; else the event's title."""
    felt: str | None = None
    """The field of the event's form that then holds the row's `nr`."""
    paa_siden: bool = True
    """False: forms and diagrams alone use it."""
    tom: str = "Ingen."
    """What stands there when there are no rows."""


class ReminderRule(Part):
    """Who is told when a user task's time is nearly used or past (PROCEDURES B4)."""

    snart_andel: float = Field(default=0.8, gt=0, lt=1)
    """Share of the time after which the deadline counts as near."""
    snart_til: tuple[Literal["ansvarlig", "leder"], ...] = ("ansvarlig",)
    overskredet_til: tuple[Literal["ansvarlig", "leder"], ...] = ("ansvarlig",)
    anden_gang_arbejdsdage: int = Field(default=1, ge=0)
    anden_gang_til: tuple[str, ...] = ("leder",)


class Milestone(Part):
    """Something a course reaches, noted on its case the first time: an element begins or is completed."""

    titel: str
    element: str
    ved: Literal["start", "slut"] = "slut"


OPENING = "oprettet"
"""The milestone that every case has."""


class ShareMeasure(Part):
    """Of the cases that reached `af`, the share that reached `med`."""

    maal: Literal["andel"]
    titel: str
    af: str = OPENING
    med: str


class DaysMeasure(Part):
    """Calendar days from one milestone to another: median and 90th percentile."""

    maal: Literal["dage"]
    titel: str
    fra: str = OPENING
    til: str


class BeforeDateMeasure(Part):
    """Share that reached `milepael` no later than the case's date (`felter.noegledato`)."""

    maal: Literal["inden_dato"]
    titel: str
    milepael: str


class AgainstMeasure(Part):
    """How many instances of a process ended at one of `slut`, and how many cases reached `med`."""

    maal: Literal["mod_forloeb"]
    titel: str
    proces: str
    slut: tuple[str, ...]
    med: str


class HoursMeasure(Part):
    """Hours used on the cases, and per case that has used any."""

    maal: Literal["timer"]
    titel: str


class LoadMeasure(Part):
    """Open cases per worker at the cut-off."""

    maal: Literal["aktive_pr_medarbejder"]
    titel: str


class RunRateMeasure(Part):
    """Cases opened in the period, counted up to a year, against what was estimated."""

    maal: Literal["aarstakt"]
    titel: str
    skoen: int = Field(gt=0)


Measure = Annotated[
    ShareMeasure | DaysMeasure | BeforeDateMeasure | AgainstMeasure | HoursMeasure | LoadMeasure | RunRateMeasure,
    Field(discriminator="maal"),
]


class FigurePlan(Part):
    """What a status report counts: one kind of case, its milestones, and the measures derived from them."""

    titel: str
    sagstype: str
    titel_bevaegelse: str = "Sager oprettet, afsluttet og åbne"
    titel_kilder: str = "Henvendelser efter kilde"
    uden_kilde: str = "Ikke angivet"
    """What a case without a source counts as: a source's id, or a text."""
    min_celle: int = Field(default=5, ge=1)
    """Numbers below this are left out of public exports, and what would give them away."""
    roller: tuple[str, ...] = ()
    """Roles that see the figures of all units; leaders see those of their own."""
    milepaele: dict[str, Milestone] = {}
    maal: tuple[Measure, ...] = ()


class RuleTable(Part):
    """A decision table by date that process owners keep on a page: parameters, or the versions of a law."""

    titel: str
    hjaelp: str = ""


class Manifest(Part):
    """A procedure."""

    titel: str
    beskrivelse: str = ""
    sagstyper: dict[str, CaseKind] = {}
    roller: dict[str, RoleInfo] = {}
    rettigheder: dict[str, dict[str, Right]] = {}
    """Kind of case → role → right. A role without a line may do nothing."""
    henvendelse: Enquiry | None = None
    haendelser: dict[str, ReportableEvent] = {}
    """Message name → event."""
    aktiviteter: dict[str, Activity] = {}
    """Element id of an ad-hoc activity → who may start it."""
    myndighed: dict[str, Annotated[tuple[str, ...], Field(min_length=1)]] = {}
    """Element id of a user task that decides with public authority → the only roles that may complete it: nobody else may,
    not even the unit's leader."""
    bilag: dict[str, AttachmentKind] = {"bilag": AttachmentKind(titel="Bilag")}
    """Kind of document → what people attach as that kind."""
    formularer: dict[str, FormUse] = {}
    """Form id → what it registers."""
    lister: dict[str, CaseList] = {}
    """Id → a list of the case. Forms know their rows as `lister`, diagrams get them from the job `sag-liste`."""
    figurer: dict[str, FigurePlan] = {}
    """Report id → what it counts."""
    paamindelser: ReminderRule = ReminderRule()
    registre: dict[RegisterId, Register] = {}
    """Register id → what it holds. Forms offer its rows as `register:<id>`, expressions look them up by `register("<id>")`."""
    regeltabeller: dict[str, RuleTable] = {}
    """Id of a decision table whose only input is a date → how the page Administration presents it."""
    uafhentet_besked_til: str | None = None
    """Candidate group told when a message of this procedure's events finds nobody waiting."""


PartT = TypeVar("PartT", bound=Part)


def read_manifest(content: bytes, file: str) -> Manifest | list[Finding]:
    """The manifest, or every fault in it as a Danish finding."""
    return _read(Manifest, content, file)


def _read(kind: type[PartT], content: bytes, file: str) -> PartT | list[Finding]:
    try:
        return kind.model_validate(read_yaml(content) or {})
    except yaml.YAMLError as fault:
        mark = getattr(fault, "problem_mark", None)
        return [Finding(file, None, mark.line + 1 if mark else None, f"Filen er ikke gyldig YAML: {fault}")]
    except ValidationError as fault:
        return [
            Finding(file, ".".join(str(p) for p in error["loc"]) or None, None, f"Ugyldigt felt: {error['msg']}")
            for error in fault.errors()
        ]


class CalendarFile(Part):
    """`processes/kalender.yaml`: closing days beside the public holidays."""

    faste_lukkedage: dict[str, str] = {"06-05": "Grundlovsdag", "12-24": "Juleaftensdag", "12-31": "Nytårsaftensdag"}
    """`"MM-DD"` → why, every year."""
    lukkedage: dict[date, str] = {}
    """Single dates → why."""
    hverdage_inkl_loerdag: bool = False


def read_calendar(content: bytes, file: str, version: int) -> Calendar | list[Finding]:
    """The calendar configuration, or every fault in it as a Danish finding."""
    parsed = _read(CalendarFile, content, file)
    if not isinstance(parsed, CalendarFile):
        return parsed
    yearly: dict[tuple[int, int], str] = {}
    for text, why in parsed.faste_lukkedage.items():
        try:
            day = date.fromisoformat(f"2024-{text}")
        except ValueError:
            return [Finding(file, text, None, f"{text!r} er ikke en dag i året. Skriv den som MM-DD, fx 06-05.")]
        yearly[day.month, day.day] = why
    return Calendar(version, yearly, parsed.lukkedage, parsed.hverdage_inkl_loerdag)
