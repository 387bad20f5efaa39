"""The comms room: what is told about an incident, to whom, and by when the next word is due."""
