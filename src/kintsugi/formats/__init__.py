"""Core values to and from files. No database, no network, no clock."""
