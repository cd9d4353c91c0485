"""What every page stands on: protection, who is asking, language, templates, the files for the browser, error pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from urllib.parse import urlencode

import orjson
from flask import Flask, abort, current_app, g, redirect, render_template, request, session
from jinja2 import StrictUndefined
from markupsafe import Markup
from werkzeug.wrappers import Response

from service.domain.access import Person
from service.domain.form_text import write_number
from service.domain.instances import Instance, InstanceStatus
from service.domain.views import InstanceRow
from service.web import compression, permissions, problems, security, translations
from service.web.assets import Assets
from service.web.here import attachment_limits
from service.web.rendering import diagrams, forms, markdown, times, variables, words

TEXT_TYPES = frozenset({"text/html", "application/xhtml+xml", "*/*"})


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """What pages need from the rest of the program."""

    now: Callable[[], datetime]
    find_person: Callable[[str], Person | None]
    """An active person by user name."""
    unread_notices: Callable[[Person], int]
    secret_key: bytes
    """Signs the session cookie; the same for every process that serves the site."""
    case_roles: Callable[[], frozenset[str]] = frozenset
    """Roles that read cases of the procedures in operation."""
    enquiry_roles: Callable[[], frozenset[str]] = frozenset
    """Roles that register enquiries of them."""
    register_roles: Callable[[], frozenset[str]] = frozenset
    """Roles that keep a register of theirs."""
    report_roles: Callable[[], frozenset[str]] = frozenset
    """Roles that make reports of them."""
    secure_cookies: bool = False
    session_hours: int = 10
    demo: bool = False
    """Shows the TESTDATA banner."""


def lay_foundation(app: Flask, house: House, routes: permissions.Routes = permissions.ROUTES) -> None:
    """Prepare an application for pages. Blueprints are registered by the caller; each address needs a row in `routes`.

    The application must be made with `static_folder=None`: files for the browser are served by `assets`.
    """
    assets = Assets()
    security.protect(
        app,
        secret_key=house.secret_key,
        secure_cookies=house.secure_cookies,
        session_hours=house.session_hours,
    )
    app.before_request(lambda: _meet(house))
    app.before_request(lambda: _open_door(routes))
    app.teardown_request(lambda fault: translations.use_language(translations.DEFAULT))
    app.register_blueprint(assets.blueprint())
    app.add_url_rule("/sprog", "language", _change_language, methods=["POST"])
    app.add_url_rule("/licenser", "licences", lambda: render_template("licenser.html", licences=assets.licences()))
    problems.install(app)
    compression.install(app)
    _furnish(app, house, assets)


def _meet(house: House) -> None:
    """Find out who is asking, and in which language."""
    translations.use_language(str(session.get(security.LANGUAGE, translations.DEFAULT)))
    now = house.now()
    username = None if request.endpoint == "assets.file" else security.signed_in(now)
    person = house.find_person(username) if username else None
    g.now, g.person = now, person
    g.granted = permissions.capabilities(
        person, house.case_roles(), house.enquiry_roles(), house.register_roles(), house.report_roles()
    )


def _open_door(routes: permissions.Routes) -> Response | None:
    """Let in whom the table lets in; others are asked to log in, or told kindly."""
    if request.endpoint is None or security.is_for_programs(current_app, request.endpoint):
        return None
    if request.url_rule is None or permissions.may_open(request.url_rule.rule, g.granted, routes):
        return None
    if g.person is None:
        if request.method != "GET":
            abort(401)
        return redirect(f"/log-ind?{_onward()}")
    abort(403)


def _onward() -> str:
    path = request.full_path if request.query_string else request.path
    return urlencode({"naeste": path}) if path != "/" else ""


def _change_language() -> Response:
    wanted = request.form.get("sprog", "")
    if wanted in translations.LANGUAGES:
        session[security.LANGUAGE] = wanted
    return redirect(security.own_path(request.form.get("tilbage", "")) or "/")


def _furnish(app: Flask, house: House, assets: Assets) -> None:
    """What templates may call."""
    env = app.jinja_env
    env.trim_blocks = env.lstrip_blocks = True
    env.undefined = StrictUndefined
    env.globals.update(
        _=translations.gettext,
        ngettext=translations.ngettext,
        asset=assets.url,
        icon=assets.icon,
        csrf_field=security.csrf_field,
        csrf_token=security.csrf_token,
        languages=translations.LANGUAGES,
        language=translations.language,
        form_view=forms.view_of,
        record_view=forms.record_view,
        demo=house.demo,
        attachment_limits=attachment_limits,
    )
    env.filters.update(
        json=_as_json,
        markdown=markdown.markdown,
        number=_grouped,
        lowered=_lowered,
        date=times.say_date,
        exactly=times.say_exactly,
        when=lambda moment: times.say_when(moment, g.now),
        due=lambda moment: times.say_due(moment, g.now),
        since=lambda moment: times.say_length(g.now - moment),
        lasting=times.say_length,
        query=_as_query,
        plain_json=lambda value: orjson.dumps(value).decode(),
        case_state=words.case_state,
        case_diagram=diagrams.case_diagram,
        instance_diagram=diagrams.page_diagram,
        scope_facts=variables.scopes_of,
        waiting_diagram=diagrams.waiting_diagram,
        procedure_diagram=diagrams.procedure_diagram,
        instance_badge=_instance_badge,
        history=words.history_words,
        spelled=words.spelled,
        step_name=words.name_of,
        awaited=words.awaited_words,
        incident=words.incident_words,
        incident_advice=words.incident_advice,
        dispatch_state=words.dispatch_state,
        channel=words.channel_words,
        job_state=words.job_state,
        asked=words.asked_words,
        reading=words.reading_words,
    )

    @cache
    def served() -> frozenset[str]:
        return frozenset(rule.rule for rule in app.url_map.iter_rules())

    @app.context_processor
    def frame() -> dict[str, Any]:
        """For the frame around every page."""
        person = g.get("person")
        granted = g.get("granted", frozenset())
        return {
            "viewer": person,
            "granted": {capability.name for capability in granted},
            "menu": permissions.menu_for(granted, served()),
            "unread": house.unread_notices(person) if person else 0,
            "here": request.path,
        }


def _as_json(value: object) -> Markup:
    """JSON inside a page: nothing in it can end the element or begin another."""
    text = orjson.dumps(value).decode()
    return Markup(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))  # noqa: S704


def _as_query(values: Mapping[str, object]) -> str:
    """The part of an address after `?`; what is empty is left out."""
    return urlencode({name: value for name, value in values.items() if value not in (None, "")})


def _instance_badge(row: Instance | InstanceRow) -> Markup:
    """Whether an instance runs, as a badge."""
    held = row.suspended and row.status is InstanceStatus.ACTIVE
    look = "warning" if held else "success" if row.status is InstanceStatus.ACTIVE else "plain"
    return Markup('<span class="badge badge-{}">{}</span>').format(
        look, words.instance_state(row.status, row.suspended)
    )


def _lowered(label: str) -> str:
    """A label inside a sentence: `Mål` becomes `mål`, `CPR-nummer` stays."""
    return label[:1].lower() + label[1:] if label[1:2].islower() else label


def _grouped(value: float | None) -> str:
    """`1.250,5`."""
    if value is None:
        return "–"
    whole, _, decimals = write_number(value).partition(",")
    grouped = f"{int(whole):,}".replace(",", ".")
    return f"{grouped},{decimals}" if decimals else grouped
