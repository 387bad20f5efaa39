"""Analytics: what the record of incidents says as a whole: patterns, recurrence, statistics."""
