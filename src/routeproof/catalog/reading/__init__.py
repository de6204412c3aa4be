"""How facts files are read: TOML in, validated facts or every mistake at once."""
