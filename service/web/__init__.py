"""Doors: the pages."""
