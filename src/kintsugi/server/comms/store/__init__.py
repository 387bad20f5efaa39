"""Every query of the comms room; only its service calls them."""
