"""Looks for the common mistakes in a configuration, in its facts, and in what the ledger shows of both."""
