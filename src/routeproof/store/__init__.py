"""SQL and files: the ledger's database, its writer and the flight recorder."""
