"""Two ways to one model, held against each other: what a migration from one to the other would change."""
