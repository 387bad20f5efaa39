"""Every query of the comms room."""
