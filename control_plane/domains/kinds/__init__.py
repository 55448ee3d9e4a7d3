"""Credentials that projects and teams keep: written, used, never shown."""
