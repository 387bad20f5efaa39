"""The use cases of the comms room. None commits: the door that opened the unit of work does."""
