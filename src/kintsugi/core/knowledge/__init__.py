"""What many postmortems together tell: an index by service and factor, the actions that are still open."""
