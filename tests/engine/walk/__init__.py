"""The walk through every element kind of the standard."""
