"""The house that tests of rights walk through: made once, put back before each test."""

from collections.abc import Iterator

import pytest

from tests.web.house import House, open_house


@pytest.fixture(scope="session")
def made_house() -> Iterator[House]:
    with open_house() as house:
        yield house


@pytest.fixture
def house(made_house: House) -> House:
    made_house.put_back()
    return made_house
