"""Messages by e-mail."""
