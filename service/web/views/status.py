"""For machines: is it ready, and what does it measure."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from service.domain.errors import ForloebError
from service.web.here import platform

pages = Blueprint("status", __name__)


@pages.get("/health")
def health() -> tuple[Response, int]:
    """200 when pages can be served, 503 with the reason when not. No log-in."""
    try:
        platform().store.ping()
    except ForloebError as fault:
        return jsonify(status="unavailable", reason=str(fault)), 503
    return jsonify(status="ok"), 200


@pages.get("/metrics")
def metrics() -> Response:
    """Prometheus figures, without personal data."""
    return Response(generate_latest(), content_type=CONTENT_TYPE_LATEST)
