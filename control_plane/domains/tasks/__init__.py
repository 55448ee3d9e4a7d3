"""Units of work: creating, claiming, finishing."""
