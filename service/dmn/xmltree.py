"""Reading a DMN file's XML safely, and finding one's way in it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lxml import etree

from .errors import DmnRefused, Fault

NAMESPACES = {
    "http://www.omg.org/spec/DMN/20151101/dmn.xsd": "1.1",
    "http://www.omg.org/spec/DMN/20180521/MODEL/": "1.2",
    "https://www.omg.org/spec/DMN/20191111/MODEL/": "1.3",
    "https://www.omg.org/spec/DMN/20211108/MODEL/": "1.4",
    "https://www.omg.org/spec/DMN/20230324/MODEL/": "1.5",
    "https://www.omg.org/spec/DMN/20240513/MODEL/": "1.6",
}
MAX_BYTES = 5_000_000
MAX_DEPTH = 100
Element = etree._Element


def read_tree(xml: bytes, name: str) -> Element:
    """The `definitions` element; raises DmnRefused for anything that is not a plain DMN 1.1–1.6 file."""

    def refuse(message: str, line: int = 1) -> DmnRefused:
        return DmnRefused(name, [Fault("", line, message)])

    if len(xml) > MAX_BYTES:
        raise refuse(f"filen fylder mere end {MAX_BYTES // 1_000_000} MB")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(xml, parser)
    except etree.XMLSyntaxError as error:
        raise refuse(f"filen er ikke gyldig XML: {error.msg}", error.lineno or 1) from None
    document = root.getroottree().docinfo
    if document.internalDTD is not None or document.doctype:
        raise refuse("filen har en DOCTYPE; det er ikke tilladt")
    qualified = etree.QName(root)
    if qualified.localname != "definitions" or qualified.namespace not in NAMESPACES:
        raise refuse(
            f"rodelementet er {root.tag}; der skulle stå definitions fra DMN 1.1 til 1.6",
            line_of(root),
        )
    if _depth(root) > MAX_DEPTH:
        raise refuse(f"filen er indlejret i mere end {MAX_DEPTH} lag")
    return root


def _depth(root: Element) -> int:
    deepest, depth = 0, 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        deepest = max(deepest, depth)
    return deepest


def local(element: Element) -> str:
    """The tag without namespace; empty for elements of other namespaces."""
    namespace, _, name = element.tag.rpartition("}")
    return name if namespace[1:] in NAMESPACES else ""


def children(element: Element, name: str) -> Iterator[Element]:
    """DMN children of a name."""
    return (child for child in element if local(child) == name)


def child(element: Element, name: str) -> Element | None:
    """The first DMN child of a name."""
    return next(children(element, name), None)


def text_of(element: Element | None) -> str:
    """The content of an element's `text` child, trimmed; empty when there is none."""
    if element is None:
        return ""
    inner = child(element, "text")
    return content(inner).strip() if inner is not None else ""


def content(element: Element) -> str:
    """All text inside an element."""
    return "".join(str(piece) for piece in element.itertext())


def line_of(element: Element) -> int:
    """The line an element begins on (0 if unknown)."""
    line: Any = element.sourceline  # the stubs do not know its type
    return int(line) if line else 0


def name_of(element: Element) -> str:
    """The `name` with runs of blanks reduced to one."""
    return " ".join((element.get("name") or "").split())


def id_of(element: Element) -> str:
    """The nearest `id` (or name) at or above an element, for messages."""
    at: Element | None = element
    while at is not None:
        found = at.get("id") or at.get("name")
        if found:
            return str(found)
        at = at.getparent()
    return ""
