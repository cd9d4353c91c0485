"""The application: the foundation, with every view on it."""

from __future__ import annotations

from flask import Flask

from service.config import Settings
from service.usecases import bell, people
from service.usecases.named_roles import NamedRoles, of_cases, of_enquiries, of_registers, of_reports
from service.usecases.platform import Platform
from service.web.foundation import House, lay_foundation
from service.web.here import EXTENSION
from service.web.uploads import limits_of, take_attachments
from service.web.views import BLUEPRINTS


def create_app(platform: Platform, settings: Settings, secret_key: bytes) -> Flask:
    """The pages of this installation as a WSGI application. Starts nothing; `secret_key` signs sessions."""
    app = Flask(__name__, static_folder=None)
    app.extensions[EXTENSION] = platform
    house = House(
        now=platform.clock.now,
        find_person=people.Directory(platform).person,
        unread_notices=lambda person: bell.unread(platform, person),
        case_roles=NamedRoles(platform, of_cases),
        enquiry_roles=NamedRoles(platform, of_enquiries),
        register_roles=NamedRoles(platform, of_registers),
        report_roles=NamedRoles(platform, of_reports),
        secret_key=secret_key,
        secure_cookies=settings.secure_cookies,
        session_hours=settings.session_hours,
        demo=settings.demo,
    )
    lay_foundation(app, house)
    app.config["MUNICIPALITY"] = settings.municipality
    take_attachments(app, limits_of(settings))
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    return app
