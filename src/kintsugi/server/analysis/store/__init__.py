"""Every query of the analysis room. Only its service calls it."""
