"""Decides. Pure functions over frozen values: no file, clock, network, or database."""
