"""The command line: parses, calls an operation, shows."""
