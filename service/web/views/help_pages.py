"""Hjælp: the handbook."""

from __future__ import annotations

from flask import Blueprint, render_template

from service.web import handbook

pages = Blueprint("help_pages", __name__)


@pages.get("/hjaelp")
def index() -> str:
    return render_template("pages/hjaelp.html", chapters=handbook.chapters(), chapter=None)


@pages.get("/hjaelp/<slug>")
def chapter(slug: str) -> str:
    return render_template("pages/hjaelp.html", chapters=handbook.chapters(), chapter=handbook.chapter(slug))
