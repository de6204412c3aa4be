"""Scripted providers, byte- and time-exact, with seeded faults."""
