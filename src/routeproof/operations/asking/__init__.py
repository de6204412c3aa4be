"""Asks providers and other gateways what they list, charge and hold."""
