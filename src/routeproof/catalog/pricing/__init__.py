"""From price facts to the cost of a usage."""
