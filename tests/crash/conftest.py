"""The databases that crashes are survived in: those of the workers' tests."""

from tests.workers.conftest import postgres, url

__all__ = ["postgres", "url"]
