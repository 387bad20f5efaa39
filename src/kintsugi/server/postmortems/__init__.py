"""Postmortems: drafted from an incident's record, written together, reviewed, published and kept."""
