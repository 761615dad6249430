"""Planted faults: a table of patches for each kind, and what runs the tests against each."""
