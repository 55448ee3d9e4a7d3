"""Services, what they may spend, and the ledger."""
