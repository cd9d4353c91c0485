"""What the demo writes in the log while it plays the past."""

import structlog
from structlog.testing import capture_logs

from service.testing.demo import _scripted_failures_unlogged

log = structlog.get_logger(__name__)


def test_only_the_failures_a_course_asks_for_are_left_out() -> None:
    with capture_logs() as lines:
        with _scripted_failures_unlogged():
            log.warning("handler failed", fault="TryAgain")
            log.warning("handler failed", fault="ValueError")
            log.warning("dispatch returned")
        log.warning("handler failed", fault="TryAgain")
    assert [line.get("fault") for line in lines] == ["ValueError", None, "TryAgain"]
