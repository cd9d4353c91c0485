"""The front page of Administration."""

from __future__ import annotations

from flask import Blueprint, render_template

from service.usecases import registers, rule_tables
from service.web.here import person, platform

pages = Blueprint("admin", __name__)


@pages.get("/admin")
def front() -> str:
    """What she may keep."""
    rules, lists = rule_tables.listed(platform(), person()), registers.listed(platform(), person())
    return render_template("admin/forside.html", rules=rules, registers=lists)
