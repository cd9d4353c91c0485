"""The application over the two units, with everybody logged in: what tests of rights walk through."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from service.config import Settings
from service.store import tables
from service.testing.world import DEMO_PASSWORD, World
from service.web import security
from service.web.application import create_app
from tests.web.two_units import Place, TwoUnits, open_two_units

ROLES: Mapping[str, str | None] = {
    "vis": "vera.visitator",
    "men": "mona.mentor",
    "kol": "max.mentor",  # a mentor in the unit of the case who has no part in it
    "enh": "lene.leder",  # enhedsleder
    "bif": "birgit.bif",
    "myn": "mads.myndighed",
    "psy": "pia.psyk",
    "rap": "rikke.rapport",
    "led": "nils.leder",
    "pro": "paula.proces",
    "dri": "dan.drift",
    "rev": "ruth.revisor",
    "adm": "aase.admin",
    "api": "demo-api",
    "nul": None,  # not logged in
}
"""Column of the table → who stands for it."""


@dataclass(slots=True)
class House:
    """The application over a copy of the two units that can be put back as it was."""

    two: TwoUnits
    world: World
    app: Flask
    cookies: dict[str, str] = field(default_factory=dict)
    untouched: str = ""
    """Fingerprint of the beginning."""

    def client(self, role: str) -> FlaskClient:
        """A browser in which this role is logged in."""
        client = self.app.test_client()
        if role not in self.cookies:
            self.cookies[role] = self._log_in(client, ROLES[role])
        client.set_cookie("forloeb", self.cookies[role])
        return client

    def _log_in(self, client: FlaskClient, username: str | None) -> str:
        client.get("/log-ind")
        if username is not None:
            data = {"brugernavn": username, "adgangskode": DEMO_PASSWORD, security.CSRF_FIELD: token(client)}
            assert client.post("/log-ind", data=data).status_code == 302
            client.post("/sprog", data={security.CSRF_FIELD: token(client), "sprog": "da"})
        cookie = client.get_cookie("forloeb")
        assert cookie is not None
        return cookie.value

    def put_back(self) -> None:
        self.two.world._store.copy_into(self.world._store._engine)

    def writes(self) -> int:
        """Rows written so far, also those that were taken back."""
        with self.world._store._engine.connect() as connection:
            return int(connection.connection.driver_connection.total_changes)  # type: ignore[union-attr]

    def fingerprint(self) -> str:
        """Of every row of every table."""
        digest = hashlib.sha256()
        with self.world._store._engine.connect() as connection:
            for table in tables.metadata.sorted_tables:
                for row in connection.exec_driver_sql(str(select(table).compile(dialect=connection.dialect))):
                    digest.update(repr(tuple(row)).encode())
        return digest.hexdigest()

    def access_rows(self) -> list[tuple[str, str, int | None, int | None]]:
        log = tables.access_log.c
        wanted = select(log.username, log.what, log.case_key, log.citizen_key).order_by(log.key)
        with self.world._store._engine.connect() as connection:
            return [tuple(row) for row in connection.execute(wanted)]

    def place(self, role: str, own: bool) -> Place:
        if not own:
            return self.two.syd
        return {"vis": self.two.intake, "bif": self.two.nord_bif}.get(role, self.two.nord)

    def case_key(self, number: str) -> int:
        case = self.world.platform.read(lambda uow: uow.cases.by_number(number))
        assert case is not None
        return case.key


@contextmanager
def open_house() -> Iterator[House]:
    """Everything is gone afterwards."""
    with (
        open_two_units() as two,
        World(two.world.clock.now() + timedelta(minutes=1), like=two.world) as world,
    ):
        app = create_app(world.platform, Settings(demo=True), b"a key for tests only, of 32 bytes")
        made = House(two, world, app)
        made.untouched = made.fingerprint()
        yield made


def token(client: FlaskClient) -> str:
    """The session's token against forged requests, as the page's forms carry it."""
    with client.session_transaction() as session:
        return str(session.setdefault("csrf", "a token that forms carry"))
