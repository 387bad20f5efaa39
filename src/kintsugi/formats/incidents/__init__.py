"""Lists of incidents, from whatever they are kept in, as the facts that statistics count."""
