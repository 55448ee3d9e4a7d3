"""How much of a project may run at once, and how fast."""
