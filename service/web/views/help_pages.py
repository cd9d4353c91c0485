"""Hjælp: the handbook."""

from __future__ import annotations

from flask import Blueprint, render_template

from service.web.handbook import chapter as find_chapter
from service.web.handbook import chapters

pages = Blueprint("help_pages", __name__)


@pages.get("/hjaelp")
def index() -> str:
    return render_template("pages/hjaelp.html", chapters=chapters(), chapter=None)


@pages.get("/hjaelp/<slug>")
def chapter(slug: str) -> str:
    return render_template("pages/hjaelp.html", chapters=chapters(), chapter=find_chapter(slug))
