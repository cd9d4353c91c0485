"""Deployed versions."""

from __future__ import annotations

import pytest

from service.domain.definitions import ResourceKind
from service.domain.errors import Stale
from service.store import SqlStore
from tests.contract import making as m


def test_versions_are_found_every_way(store: SqlStore) -> None:
    assert store.read(lambda uow: uow.definitions.stamp()) == 0
    old = m.version(content=bytes(range(256)), version_tag="v1")
    new = m.version(number=2, name="Ny")
    form = m.version(ResourceKind.FORM, "ansoegning", file="ansoegning.form")
    m.deploy(store, old)
    store.transact(
        lambda uow: uow.definitions.add(
            [m.replace(new, deployment_key=9), m.replace(form, deployment_key=9)],
            deployment_key=9,
            at=m.START + m.HOUR,
            by="ejer",
            comment="rettet",
        )
    )
    new, form = m.replace(new, deployment_key=9), m.replace(form, deployment_key=9)
    process = ResourceKind.PROCESS
    assert store.read(lambda uow: uow.definitions.stamp()) == 2
    assert store.read(lambda uow: uow.definitions.latest()) == [form, new]
    assert store.read(lambda uow: uow.definitions.get(old.key)) == old
    assert store.read(lambda uow: uow.definitions.get(m.key())) is None
    assert store.read(lambda uow: uow.definitions.versions(process, "ansoegning")) == [new, old]
    assert store.read(lambda uow: uow.definitions.find(process, "ansoegning")) == new
    assert store.read(lambda uow: uow.definitions.find(process, "ansoegning", version_tag="v1")) == old
    assert store.read(lambda uow: uow.definitions.find(process, "ansoegning", version_tag="v2")) is None
    assert store.read(lambda uow: uow.definitions.find(process, "ansoegning", deployment_key=old.deployment_key)) == old
    assert store.read(lambda uow: uow.definitions.find(ResourceKind.FORM, "ansoegning", deployment_key=9)) == form
    assert store.read(lambda uow: uow.definitions.find(process, "andet")) is None
    assert store.read(lambda uow: uow.definitions.deployment(9)) == (m.START + m.HOUR, "ejer", "rettet")
    assert store.read(lambda uow: uow.definitions.deployment(8)) is None


def test_a_version_number_is_given_once(store: SqlStore) -> None:
    m.deploy(store, m.version())
    with pytest.raises(Stale):
        m.deploy(store, m.version())
    assert store.read(lambda uow: uow.definitions.stamp()) == 1, "a refused deployment changes nothing"
