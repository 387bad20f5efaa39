"""The tables of the comms room."""
