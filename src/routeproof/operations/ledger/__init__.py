"""What commands read from the ledger, and the pricing of its rows again."""
