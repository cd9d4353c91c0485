"""Machinery: processes run on SpiffWorkflow behind `service.domain.ports.Engine`."""

from .advance import SpiffEngine

__all__ = ["SpiffEngine"]
