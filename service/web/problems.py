"""When something is not as it should be: pages in kind Danish, with a way on. Programs that ask for JSON get JSON."""

from __future__ import annotations

import logging
import secrets
from urllib.parse import urlsplit

from flask import Flask, g, redirect, render_template, request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from service.domain.errors import ForloebError
from service.web.security import own_path
from service.web.translations import gettext as _

LOG = logging.getLogger("service.web")

Answer = tuple[str, int] | Response
WRITTEN = 20
"""From so many characters on, a text was written rather than chosen."""


def install(app: Flask) -> None:
    """Answer every error with a page."""
    app.register_error_handler(ForloebError, _refused)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _broken)


def _refused(error: ForloebError) -> Answer:
    """A refusal in words that people read already."""
    if error.status >= 500:
        return _broken(error)
    heading = {
        403: _("Det har du ikke adgang til"),
        404: _("Siden findes ikke"),
        409: _("Det kan ikke lade sig gøre nu"),
    }.get(error.status, _("Det lykkedes ikke"))
    return page(error.status, heading, str(error))


def _http(error: HTTPException) -> Answer:
    status = error.code or 500
    if status < 400 and error.response is not None:
        return error.response  # type: ignore[return-value]
    if status == 401 and not wants_json():
        return redirect("/log-ind")
    words = {
        400: (_("Siden kunne ikke tage imod det sendte"), _("Gå tilbage, genindlæs siden, og prøv igen.")),
        401: (_("Du er logget ud"), _("Log ind igen for at fortsætte.")),
        403: (
            _("Det har du ikke adgang til"),
            _("Siden hører til en anden rolle. Spørg din leder, hvis du mener, det er en fejl."),
        ),
        404: (_("Siden findes ikke"), _("Linket er forkert, eller det, du søger, er flyttet eller slettet.")),
        405: (_("Siden kunne ikke tage imod det sendte"), _("Gå tilbage, og brug knapperne på siden.")),
        413: (_("Det sendte fylder for meget"), _("Gør filen eller teksten mindre, og prøv igen.")),
    }
    heading, text = words.get(status, (_("Noget gik galt"), _("Prøv igen om lidt.")))
    if error.description == "csrf":
        heading = _("Siden har stået åben for længe")
        text = _(
            "Af hensyn til sikkerheden blev det sendte ikke modtaget. Gå tilbage, genindlæs siden, og send igen; din kladde er gemt."
        )
    return page(status, heading, text)


def _broken(error: Exception) -> Answer:
    """A fault of ours. The number finds it in the log; what went wrong is not shown."""
    number = secrets.token_hex(4)
    LOG.error("request failed", exc_info=error, extra={"fault": number, "endpoint": request.endpoint})
    text = _(
        "Fejlen er vores, ikke din. Intet er ændret. Prøv igen, og sig fejlnummeret {nummer} til driften, hvis det bliver ved."
    )
    return page(500, _("Noget gik galt hos os"), text.format(nummer=number))


def wants_json() -> bool:
    """Whether a program asks, not a person."""
    best = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return best == "application/json"


def page(status: int, heading: str, text: str) -> Answer:
    """An error page."""
    if wants_json():
        return Response(response=f'{{"status": {status}}}', status=status, mimetype="application/json")
    g.setdefault("person", None)
    return render_template(
        "fejl.html",
        status=status,
        heading=heading,
        text=text,
        back=_sent_from(),
        typed=[] if status == 413 else _typed(),
    ), status


def _typed() -> list[str]:
    """What people wrote in what was sent in vain: it stands on the page, to be copied."""
    if request.method != "POST":
        return []
    secret = {"adgangskode"}
    sent = ((name, text) for name, texts in request.form.lists() for text in texts)
    return [text for name, text in sent if not name.startswith("_") and name not in secret and len(text) >= WRITTEN]


def _sent_from() -> str:
    """The page from which something was sent in vain, to try once more; empty when she only followed a link."""
    came = urlsplit(request.referrer or "")
    if request.method != "POST" or came.netloc != request.host:
        return ""
    return own_path(f"{came.path}?{came.query}" if came.query else came.path)
