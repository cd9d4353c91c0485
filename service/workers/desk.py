"""What a handler may ask the house for, answered from the store: each call is a short read of its own."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from service.domain.cases import Case
from service.domain.clock import LOCAL_ZONE
from service.domain.errors import NotFound
from service.domain.figures import Figures, Period
from service.domain.handling import CaseFile, CountedFigures
from service.domain.json import Json
from service.domain.storage import UnitOfWork
from service.domain.templating import fill_in
from service.domain.waits import Job
from service.usecases import caselists, reports
from service.usecases.catalog import DeployedCatalog
from service.usecases.formcontext import case_facts, person_facts
from service.usecases.platform import Platform


class PlatformDesk:
    """The desk of one job."""

    def __init__(self, platform: Platform, job: Job) -> None:
        self._platform, self._job = platform, job

    def case(self) -> CaseFile | None:
        def work(uow: UnitOfWork) -> CaseFile | None:
            case = self._case(uow)
            return self._file(uow, case) if case else None

        return self._platform.read(work)

    def case_list(self, list_id: str) -> Sequence[Mapping[str, Json]]:
        def work(uow: UnitOfWork) -> Sequence[Mapping[str, Json]]:
            case = self._case(uow)
            if case is None:
                raise NotFound(what="forløbets sag")
            catalog = self._platform.catalogs.view(uow.definitions)
            return caselists.rows_of(uow, catalog, case, list_id, self._platform.clock.now())

        return self._platform.read(work)

    def find_open_case(self, kind: str, cpr: str) -> tuple[str, Sequence[str]] | None:
        """The newest one, if there are several."""

        def work(uow: UnitOfWork) -> tuple[str, Sequence[str]] | None:
            citizen = uow.citizens.by_cpr(_digits(cpr))
            cases = uow.cases.open_for_citizen(citizen.key, kind) if citizen else ()
            if not cases:
                return None
            case = max(cases, key=lambda c: (c.opened_at, c.key))
            awaited = uow.messages.awaited_by(case.instance_key) if case.instance_key else ()
            return case.number, sorted({s.name for s in awaited})

        return self._platform.read(work)

    def find_case(self, number: str, cpr: str | None) -> Mapping[str, Json] | None:
        def work(uow: UnitOfWork) -> Mapping[str, Json] | None:
            case = uow.cases.by_number(number.strip().upper())
            if case is None:
                return None
            citizen = uow.citizens.by_cpr(_digits(cpr)) if cpr else None
            known = citizen is not None and case.citizen_key is not None
            return {
                "nummer": case.number,
                "sagstype": case.kind,
                "aaben": case.closed_at is None,
                "afslutningsaarsag": case.closing_reason,
                "samme_borger": citizen.key == case.citizen_key if citizen is not None and known else None,
            }

        return self._platform.read(work)

    def find_citizen(self, cpr: str) -> Mapping[str, Json] | None:
        def work(uow: UnitOfWork) -> Mapping[str, Json] | None:
            citizen = uow.citizens.by_cpr(_digits(cpr))
            return citizen.words() if citizen else None

        return self._platform.read(work)

    def unit(self, unit_id: str) -> Mapping[str, Json] | None:
        def work(uow: UnitOfWork) -> Mapping[str, Json] | None:
            unit = uow.people.unit(unit_id)
            if unit is None:
                return None
            return {
                "id": unit.id,
                "navn": unit.name,
                "type": unit.type,
                "sikker_postkasse": unit.mailbox,
                "telefon": unit.phone,
            }

        return self._platform.read(work)

    def person(self, username: str) -> Mapping[str, Json] | None:
        def work(uow: UnitOfWork) -> Mapping[str, Json] | None:
            account = uow.people.account(username)
            return person_facts(account) if account else None

        return self._platform.read(work)

    def figures(self, report: str, first: date, last: date) -> CountedFigures:
        def work(uow: UnitOfWork) -> Figures:
            wanted = reports.whole(self._platform.catalogs.view(uow.definitions), report)
            return reports.compute(uow, wanted, Period(first, last), self._platform.clock.now())

        counted = self._platform.read(work)
        return CountedFigures(
            told=reports.as_json(counted),
            tables=reports.tables(counted),
            public_tables=reports.tables(reports.public(counted)),
        )

    def render(self, template_id: str, values: Mapping[str, Any]) -> str:
        def work(uow: UnitOfWork) -> tuple[dict[str, Any], Case | None, DeployedCatalog]:
            case = self._case(uow)
            return dict(case_facts(uow, case)), case, self._platform.catalogs.view(uow.definitions)

        facts, case, catalog = self._platform.read(work)
        folders = (case.folder, self._job.folder) if case else (self._job.folder,)

        def source(id_: str) -> str | None:
            version = catalog.template(id_, *folders)
            return version.content.decode() if version else None

        facts["medarbejder"] = facts["ansvarlig"]
        facts["i_dag"] = self._platform.clock.now().astimezone(LOCAL_ZONE).date()
        return fill_in(template_id, source, {**facts, "felter": {}, **values})

    def _case(self, uow: UnitOfWork) -> Case | None:
        return uow.cases.get(self._job.case_key) if self._job.case_key is not None else None

    def _file(self, uow: UnitOfWork, case: Case) -> CaseFile:
        facts = case_facts(uow, case)
        found = self._platform.catalogs.view(uow.definitions).case_kind(case.kind)
        unit, worker = facts["enhed"] or {}, facts["ansvarlig"] or {}
        return CaseFile(
            number=case.number,
            kind=case.kind,
            kind_title=found[1].titel if found else case.kind,
            status=case.status,
            unit=case.unit,
            unit_name=unit.get("navn"),
            unit_mailbox=unit.get("sikker_postkasse"),
            worker=case.worker,
            worker_name=worker.get("navn"),
            citizen=facts["borger"] or {},
            records=facts["skema"],
        )


def _digits(cpr: str) -> str:
    return re.sub(r"\D", "", cpr)
