"""A typed client for the API of a Kintsugi server."""

from kintsugi.client.client import Client, Wanted
from kintsugi.client.errors import ClientError, FieldError, NotReached
from kintsugi.client.http import Connection, Reply
from kintsugi.client.records import Duration, Entry, Incident, Milestones, Person

__all__ = [
    "Client", "ClientError", "Connection", "Duration", "Entry", "FieldError", "Incident", "Milestones", "NotReached",
    "Person", "Reply", "Wanted",
]  # fmt: skip
