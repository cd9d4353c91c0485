"""Status reports: figures that the program computes from its own cases, for a period and a cut-off that somebody chose.

What is counted (kind of case, sources, milestones, measures) is data in a procedure's manifest (`figurer`).
"""

from service.usecases.reports.computing import Report, compute, narrowed, offered, whole
from service.usecases.reports.suppression import public
from service.usecases.reports.telling import OUT, as_json, tables

__all__ = ["OUT", "Report", "as_json", "compute", "narrowed", "offered", "public", "tables", "whole"]
