"""Alerts as they come in: durable, told apart, grouped, and routed to incidents."""
