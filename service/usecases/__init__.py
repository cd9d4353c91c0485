"""Verbs: what users and clocks intend. Each function here is one unit of work with one commit."""
