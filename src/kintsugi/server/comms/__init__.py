"""What is told to whom: messages, their recipients, and how each delivery went."""
