"""Registered programs and their keys."""
