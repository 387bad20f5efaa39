"""Search: what is kept of incidents, postmortems, actions and alerts to find them by, and how they are found."""
