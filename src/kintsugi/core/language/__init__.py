"""How postmortems are worded: causes without people, facts apart from fixes."""
