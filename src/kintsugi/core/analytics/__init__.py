"""What the record of many incidents says: patterns, recurrence, and statistics with their intervals."""
