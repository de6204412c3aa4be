"""Oracles: what is wrong with an answer, by its bytes alone."""
