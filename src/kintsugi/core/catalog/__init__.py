"""Services: what is known of each, and how they depend on one another."""
