"""A world with the two-form procedure and a small staff."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from service.domain.clock import LOCAL_ZONE
from service.testing import World
from tests.usecases.office import Office, like, open_office

TWO_FORM = Path(__file__).parents[1] / "bench" / "two_form"
MONDAY = datetime(2026, 3, 2, 9, tzinfo=LOCAL_ZONE)


@pytest.fixture
def world() -> Iterator[World]:
    with World(MONDAY) as made:
        made.deploy_folder(TWO_FORM)
        yield made


@pytest.fixture(scope="session")
def empty_office() -> Iterator[Office]:
    with open_office() as made:
        yield made


@pytest.fixture
def office(empty_office: Office) -> Iterator[Office]:
    with like(empty_office) as made:
        yield made
