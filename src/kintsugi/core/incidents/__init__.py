"""What happened: severity, impact, milestones and the timeline."""
