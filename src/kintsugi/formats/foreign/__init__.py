"""Postmortems that other people and tools wrote in Markdown, to ours; nothing of them is lost."""
