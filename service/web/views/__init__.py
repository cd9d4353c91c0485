"""Views: read the request, call a verb, answer."""

from service.web.views import (
    admin,
    cases,
    documents,
    enquiries,
    help_pages,
    incidents,
    instances,
    notices,
    overview,
    papers,
    procedures,
    session,
    status,
    task_changes,
    tasks,
)

BLUEPRINTS = (
    session.pages,
    tasks.pages,
    task_changes.pages,
    cases.pages,
    documents.pages,
    papers.pages,
    enquiries.pages,
    overview.pages,
    instances.pages,
    incidents.pages,
    procedures.pages,
    notices.pages,
    help_pages.pages,
    status.pages,
    *admin.BLUEPRINTS,
)
