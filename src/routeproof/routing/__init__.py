"""Which routes an exchange may try, in which order: pure decisions over a snapshot."""
