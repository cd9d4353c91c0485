"""The standard's rules about what is drawn: references, paths, messages between pools, data, loops, compensation.

They read the XML alone, so they hold for everything in the file, also for what has no meaning at run time (data
associations, pools): a diagram that breaks them was not meant as it stands. What lies in a process that does not run is
left in peace.
"""

from service.engine.reader.xml import Findings, Node

from . import (
    collaboration,
    compensation,
    conditions,
    data,
    data_flow,
    data_types,
    events,
    lanes,
    loops,
    paths,
    references,
    schema,
)
from .drawing import Drawing

RULES = (
    schema,
    references,
    paths,
    events,
    compensation,
    loops,
    conditions,
    lanes,
    collaboration,
    data,
    data_flow,
    data_types,
)


def check_drawing(root: Node, findings: Findings) -> None:
    """Report whatever breaks a rule of the standard, anywhere in the file."""
    drawing = Drawing(root)
    for rules in RULES:
        rules.check(drawing, findings)
