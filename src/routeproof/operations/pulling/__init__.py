"""Reads other gateways' price lists and compares them with our facts."""
