"""Routeproof: an OpenAI-compatible gateway that proves its routes and accounts for every request."""

__version__ = "0.1.0"
