"""From routeproof.toml to frozen settings."""
