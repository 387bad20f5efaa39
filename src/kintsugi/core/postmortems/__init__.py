"""The postmortem document: its content, sections, completeness and drafting."""
