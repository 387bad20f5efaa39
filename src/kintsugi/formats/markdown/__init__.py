"""Postmortems as Markdown: written by a template, read back to the same value."""
