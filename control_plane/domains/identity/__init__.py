"""People, sessions and projects."""
