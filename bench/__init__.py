"""The benchmark behind `make bench`: this gateway beside nginx and other gateways, on one pinned core."""
