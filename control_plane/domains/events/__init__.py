"""Facts that happened."""
