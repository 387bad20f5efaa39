"""Alerts: what a monitoring tool says, and what is made of it. Pure decisions, asked by the server and the command."""
