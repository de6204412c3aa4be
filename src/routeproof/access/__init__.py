"""Keys: minting, parsing, checksum and digest."""
