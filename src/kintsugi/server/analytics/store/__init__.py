"""Every query of analytics. Only its service calls it."""
