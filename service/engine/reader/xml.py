"""XML, read safely: no DTD, no entities, nothing from outside, bounded in size and depth; and findings with lines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import cast

from lxml import etree

from service.domain.definitions import Finding
from service.domain.errors import DeploymentRefused

MAX_BYTES = 5_000_000
MAX_DEPTH = 100
MAX_FINDINGS = 200

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
ZEEBE = "http://camunda.org/schema/zeebe/1.0"
FORLOEB = "urn:forloeb:1.0"
MODELER = "http://camunda.org/schema/modeler/1.0"
CAMUNDA_7 = "http://camunda.org/schema/1.0/bpmn"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
DRAWING = frozenset(
    {
        "http://www.omg.org/spec/BPMN/20100524/DI",
        "http://www.omg.org/spec/DD/20100524/DI",
        "http://www.omg.org/spec/DD/20100524/DC",
        "http://bpmn.io/schema/bpmn/biocolor/1.0",
        "http://www.omg.org/spec/BPMN/non-normative/color/1.0",
    }
)
PREFIXES = {BPMN: "bpmn", ZEEBE: "zeebe", FORLOEB: "forloeb", MODELER: "modeler", CAMUNDA_7: "camunda"}


class Node:
    """One XML element with the questions this reader asks of it."""

    __slots__ = ("namespace", "raw", "tag")

    def __init__(self, raw: etree._Element) -> None:
        self.raw = raw
        name = etree.QName(raw)
        self.namespace, self.tag = name.namespace or "", name.localname

    @property
    def line(self) -> int | None:
        return cast("int | None", self.raw.sourceline)

    @property
    def id(self) -> str | None:
        return self.get("id")

    @property
    def label(self) -> str:
        """Its name as one line: a line break in the drawing is a space, and a word divided at one is whole again."""
        return " ".join(re.sub(r"(?<=\w)-\s*\n\s*(?=[a-zæøå])", "", self.get("name") or "").split())

    @property
    def text(self) -> str:
        """Its text, trimmed."""
        return "".join(cast("Iterator[str]", self.raw.itertext())).strip()

    @property
    def qualified(self) -> str:
        """`zeebe:userTask`, for messages."""
        return f"{PREFIXES.get(self.namespace, self.raw.prefix or '')}:{self.tag}".lstrip(":")

    def get(self, name: str, default: str | None = None) -> str | None:
        value = self.raw.get(name)
        return default if value is None else str(value)

    def attributes(self) -> Iterator[tuple[str, str, str]]:
        """Namespace, name and value of every attribute."""
        for key, value in self.raw.attrib.items():
            name = etree.QName(str(key))
            yield name.namespace or "", name.localname, str(value)

    def children(self) -> Iterator[Node]:
        return (Node(child) for child in self.raw if isinstance(child.tag, str))

    def all(self, tag: str, namespace: str = BPMN) -> list[Node]:
        """Direct children of that name."""
        return [Node(child) for child in self.raw.iterchildren(f"{{{namespace}}}{tag}")]

    def first(self, tag: str, namespace: str = BPMN) -> Node | None:
        return next(iter(self.all(tag, namespace)), None)

    def descendants(self) -> Iterator[Node]:
        """Itself and everything inside it."""
        return (Node(node) for node in self.raw.iter() if isinstance(node.tag, str))

    def parent(self) -> Node | None:
        above = self.raw.getparent()
        return None if above is None else Node(above)

    def extension(self, tag: str, namespace: str = ZEEBE) -> Node | None:
        """The first extension element of that name."""
        for holder in self.all("extensionElements"):
            found = holder.first(tag, namespace)
            if found is not None:
                return found
        return None

    def owner_id(self) -> str | None:
        """The id people know: that of the nearest element around it which is no mere part of another."""
        node: Node | None = self
        while node is not None:
            if node.namespace == BPMN and node.id and not node.tag.endswith(("EventDefinition", "Characteristics")):
                return node.id
            node = node.parent()
        return None


class Findings:
    """Everything that is wrong with a file, gathered so that people see it all at once."""

    def __init__(self, file: str) -> None:
        self.file = file
        self._found: list[Finding] = []

    def error(self, node: Node | None, message: str) -> None:
        self._add(node, message, error=True)

    def warn(self, node: Node | None, message: str) -> None:
        self._add(node, message, error=False)

    def at(self, element_id: str | None, line: int | None, message: str) -> None:
        """An error at an element that is no longer at hand as XML."""
        self._found.append(Finding(self.file, element_id, line, message))

    def _add(self, node: Node | None, message: str, *, error: bool) -> None:
        where = (node.owner_id(), node.line) if node is not None else (None, None)
        self._found.append(Finding(self.file, *where, message, error))

    @property
    def warnings(self) -> tuple[Finding, ...]:
        return tuple(f for f in self._found if not f.error)

    def refuse_if_any(self) -> None:
        """Raises `DeploymentRefused` with the errors, in the order of their lines (warnings after them)."""
        errors = [f for f in self._found if f.error]
        if errors:
            errors.sort(key=lambda f: f.line or 0)
            raise DeploymentRefused([*errors[:MAX_FINDINGS], *self.warnings])


def parse(content: bytes, file: str) -> Node:
    """The root element of the file. Raises `DeploymentRefused` for anything that is no harmless XML."""
    findings = Findings(file)
    root = _parse(content, findings)
    findings.refuse_if_any()
    assert root is not None
    return root


def _parse(content: bytes, findings: Findings) -> Node | None:
    if len(content) > MAX_BYTES:
        findings.error(
            None, f"Filen fylder {len(content)} bytes. Et diagram må højst fylde {MAX_BYTES} bytes; del det op."
        )
        return None
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        ns_clean=False,
    )
    if b"<!DOCTYPE" in content.replace(b"\0", b""):
        findings.error(None, "Filen indeholder en DOCTYPE (DTD). Fjern den; diagrammer skal være ren XML uden DTD.")
        return None
    try:
        raw = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as fault:
        where = f" i linje {fault.lineno}" if fault.lineno else ""
        findings.at(
            None, fault.lineno, f"Filen er ikke gyldig XML{where}: {fault.msg}. Gem diagrammet igen i tegneværktøjet."
        )
        return None
    if raw.getroottree().docinfo.internalDTD is not None:
        findings.error(None, "Filen indeholder en DOCTYPE (DTD). Fjern den; diagrammer skal være ren XML uden DTD.")
        return None
    deepest = _too_deep(raw)
    if deepest is not None:
        findings.error(
            deepest,
            f"Filen er indlejret i mere end {MAX_DEPTH} lag. Brug kaldte processer i stedet for så dyb en indlejring.",
        )
        return None
    return Node(raw)


def _too_deep(root: etree._Element) -> Node | None:
    level = [root]
    for _ in range(MAX_DEPTH):
        level = [child for node in level for child in node if isinstance(child.tag, str)]
        if not level:
            return None
    return Node(level[0])
