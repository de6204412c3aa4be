"""The ledger's vocabulary: what one exchange and its attempts leave behind, and the invariants of it."""
