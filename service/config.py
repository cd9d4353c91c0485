"""Settings, read once from FORLOEB_* variables."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
"""The folder that holds `processes/`, `forms/` and `handlers/`."""


class BadSetting(Exception):
    """A FORLOEB_* variable that cannot be used; the message names it and says what it may be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Every setting is the variable FORLOEB_<NAME>. Paths may be relative to the working folder."""

    data: Path = Path("var")
    """Folder for the database, letters to send, and logs."""
    database_url: str = ""
    """SQLAlchemy address; empty means SQLite in the data folder."""
    master_key_file: Path | None = None
    """File with the master key; made with mode 600 under `<data>/secrets/` when absent and none is named."""
    host: str = "127.0.0.1"
    """Address that pages are served on; 0.0.0.0 for all of the machine's."""
    port: int = 8080
    """Port that pages are served on."""
    threads: int = 8
    """Threads that serve pages."""
    workers: int = 2
    """Threads that run jobs."""
    node: int = 0
    """This process's number (0-1023) among all that share the database: part of every key."""
    smtp_url: str = ""
    """`smtp://user:password@host:port` (or `smtps://`); empty writes mail as files under `<data>/outbox/`."""
    mail_from: str = "forloeb@localhost"
    """Sender of mail."""
    handlers: str = "handlers"
    """Python package with the handlers."""
    procedures: Path = ROOT
    """Folder with `processes/` and `forms/` that `demo` deploys."""
    demo: bool = False
    """Shows the TESTDATA banner; set by `forloeb demo`."""
    secure_cookies: bool = False
    """Cookies only over HTTPS: set it when a proxy in front speaks HTTPS."""
    attachment_mb: int = 20
    """How much a file that people attach to a case may fill, in MB."""
    attachment_types: str = "pdf,png,jpg,gif,webp,txt,docx,xlsx,odt,ods"
    """Types of files that people may attach: some of the default's, with commas between."""
    municipality: str = ""
    """The municipality's name, at the head of printed forms."""
    session_hours: int = 10
    """How long a log-in lasts."""

    @property
    def url(self) -> str:
        return self.database_url or f"sqlite:///{self.data / 'forloeb.sqlite3'}"

    @property
    def master_key_path(self) -> Path:
        return self.master_key_file or self.data / "secrets" / "master.key"


def load(environment: Mapping[str, str] | None = None, **overrides: object) -> Settings:
    """Settings from the environment; `overrides` (from the command line) win when they are not None.

    Raises BadSetting for a value of the wrong kind and for FORLOEB_ names that mean nothing.
    """
    environment = os.environ if environment is None else environment
    known = {f.name: f for f in fields(Settings)}
    values: dict[str, object] = {}
    for variable, text in environment.items():
        name = variable.removeprefix("FORLOEB_").lower()
        if not variable.startswith("FORLOEB_") or variable in FOREIGN:
            continue
        if name not in known:
            raise BadSetting(f"{variable} is not a setting; known are {', '.join(sorted(map(_variable, known)))}")
        if text != "":
            values[name] = _parsed(variable, str(known[name].type), text)
    values.update({name: value for name, value in overrides.items() if value is not None})
    return Settings(**values)  # type: ignore[arg-type]


FOREIGN = frozenset(
    {
        "FORLOEB_TCK",
        "FORLOEB_BPMN_CONFORMANCE",
        "FORLOEB_MEDCOM_EXAMPLES",
        "FORLOEB_CHROMIUM",
        "FORLOEB_EXAMPLES",
        "FORLOEB_SEED",
        "FORLOEB_SKIP_FRONTEND",
    }
)
"""Variables of tests and the build, which are no settings of the program."""


def _variable(name: str) -> str:
    return f"FORLOEB_{name.upper()}"


def _parsed(variable: str, kind: str, text: str) -> object:
    if kind.startswith("Path"):
        return Path(text)
    if kind == "bool":
        if text.lower() in ("1", "true", "ja", "yes"):
            return True
        if text.lower() in ("0", "false", "nej", "no"):
            return False
        raise BadSetting(f"{variable} must be 1 or 0, not {text!r}")
    if kind == "int":
        if not text.isdecimal():
            raise BadSetting(f"{variable} must be a whole number, not {text!r}")
        return int(text)
    return text
