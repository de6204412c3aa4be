"""What request parameters do: a probe for each, and how its effect is told from the answers."""
