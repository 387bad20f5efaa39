"""Every query of postmortems. Only the room's service calls it."""
