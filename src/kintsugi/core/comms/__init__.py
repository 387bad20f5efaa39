"""What is told to whom during an incident, and by when the next word is due."""
