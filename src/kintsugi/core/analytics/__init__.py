"""What many incidents say together: patterns, recurrence, and figures with how sure they are."""
