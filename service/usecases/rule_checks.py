"""Checks of rule tables at deploy: those that a manifest names must exist and go by date."""

from __future__ import annotations

from collections.abc import Container, Iterator

from service.dmn.dated import read_dated
from service.domain.definitions import Finding
from service.usecases.bundle import Bundle

BY_DATE = (
    "Tabellen {id} kan ikke vises som regler efter dato. Den skal have én kolonne med betingelser, og hver række skal skrive "
    'den som >= date("…"), [date("…")..date("…")], <= date("…") eller -.'
)


def faults(bundle: Bundle, decisions: Container[str]) -> Iterator[Finding]:
    """`decisions`: all there are, those of the files included."""
    for resource, manifest in bundle.manifests.values():
        for id_ in manifest.regeltabeller:
            if id_ not in decisions:
                yield Finding(resource.path, f"regeltabeller.{id_}", None, f"Beslutningen {id_} findes ikke.")
            elif id_ in bundle.decisions:
                file, _ = bundle.decisions[id_]
                if read_dated(file.content, id_, file.path) is None:
                    yield Finding(file.path, id_, None, BY_DATE.format(id=id_))
