"""Messages as signed webhooks."""
