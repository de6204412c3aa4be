"""Evidence: what was planned, observed and concluded about a route, signed so that others can check it."""
