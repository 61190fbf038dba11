"""Upkeep of the facts in data/: their form, their differences, other lists, measurements."""
