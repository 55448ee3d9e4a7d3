"""Tokens of people and projects, and whom a credential speaks for."""
