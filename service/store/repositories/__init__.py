"""Repositories: one noun per file, each over the session of one unit of work."""
