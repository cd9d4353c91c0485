"""The front page of Administration."""

from __future__ import annotations

from flask import Blueprint, render_template

from service.usecases import registers
from service.web.here import person, platform

pages = Blueprint("admin", __name__)


@pages.get("/admin")
def front() -> str:
    """What she may keep."""
    return render_template("admin/forside.html", registers=registers.listed(platform(), person()))
