"""Checks of registers at deploy: their definitions, their first rows, and the forms that offer them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from service.domain.access import PLATFORM_ROLES
from service.domain.definitions import Finding
from service.domain.procedures import Manifest
from service.domain.register_files import read_rows
from service.usecases.bundle import Bundle, Resource, folder_of


def manifest_faults(resource: Resource, manifest: Manifest, manifests: Mapping[str, Manifest]) -> Iterator[Finding]:
    """What is wrong with the registers that a manifest defines. `manifests`: folder → manifest, all there are."""
    folder = folder_of(resource.path)
    elsewhere = {id_: other for other, m in manifests.items() if other != folder for id_ in m.registre}
    known = manifest.registre.keys() | elsewhere.keys()
    for id_, kind in manifest.registre.items():
        where = f"registre.{id_}"
        if id_ in elsewhere:
            message = f"Registeret {id_} findes allerede i {elsewhere[id_]}. Brug det, eller giv dette et andet navn."
            yield Finding(resource.path, where, None, message)
        for key, field in kind.felter.items():
            if field.fra_register and field.fra_register not in known:
                yield Finding(
                    resource.path, f"{where}.felter.{key}", None, f"Der er intet register {field.fra_register}."
                )
        for role in sorted(set(kind.vedligeholdes_af) - manifest.roller.keys() - PLATFORM_ROLES):
            yield Finding(resource.path, where, None, f"Rollen {role} står ikke under »roller«.")


def read_first_rows(bundle: Bundle, manifests: Mapping[str, Manifest]) -> None:
    """Hold the files' rows against the registers of their folder."""
    for folder, (resource, rows) in bundle.registers.items():
        manifest = manifests.get(folder)
        read, findings = read_rows(rows, manifest.registre if manifest else {}, resource.path)
        bundle.first_rows.update(read)
        bundle.findings.extend(findings)


LOOKED_UP = re.compile(r"""\bregister\(\s*(?:\\?"|&quot;|&#34;)([^"\\&]+)""")
"""`register("<id>"` as it stands in XML and in JSON."""


def use_faults(bundle: Bundle, manifests: Mapping[str, Manifest]) -> Iterator[Finding]:
    """Forms that offer the rows of a register nobody defines, and expressions that look one up."""
    known = {id_ for manifest in manifests.values() for id_ in manifest.registre}
    files = [r for r, _ in (*bundle.processes.values(), *bundle.decisions.values(), *bundle.forms.values())]
    for path, content in {file.path: file.content for file in files}.items():
        for id_ in sorted(set(LOOKED_UP.findall(content.decode("utf-8", "replace"))) - known):
            message = (
                f"Et udtryk slår op i registeret {id_}, som ikke findes. Kendte: {', '.join(sorted(known)) or 'ingen'}."
            )
            yield Finding(path, f'register("{id_}")', None, message)
    for resource, form in bundle.forms.values():
        for source in sorted(form.sources):
            kind, _, id_ = source.partition(":")
            if kind == "register" and id_ not in known:
                message = f"Der er intet register {id_}. Tilføj det under »registre« i procedure.yaml."
                yield Finding(resource.path, f"kilde: {source}", None, message)
