"""What commands do with evidence: keep and list it, sign and trust it, verify it, read it again, report it."""
