"""People, their teams and projects: who sees what."""
