"""A year of an invented company, told through the services, so that there is something to look at."""
