"""Logs and metrics that never hold a key, a prompt or an answer."""
