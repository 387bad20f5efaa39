"""Actions: what follows from postmortems, until it is verified."""
