"""Incidents: declared, moved through their life cycle, and recorded as they happen."""
