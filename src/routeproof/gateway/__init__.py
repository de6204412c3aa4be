"""One exchange's way from a client to a provider and into the ledger."""
