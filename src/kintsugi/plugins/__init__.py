"""What plugin authors import, besides core and formats: the hooks and the manager that calls them."""
