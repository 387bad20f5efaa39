"""The knowledge base: what was learned, as a whole."""
