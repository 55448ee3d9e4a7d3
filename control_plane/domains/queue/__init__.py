"""How the queue stands."""
