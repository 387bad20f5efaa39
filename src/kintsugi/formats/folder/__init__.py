"""A knowledge base on disk: postmortems by year. The only part of formats that touches the disk."""
