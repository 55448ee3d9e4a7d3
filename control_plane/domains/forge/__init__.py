"""Webhooks of code forges, and feedback to them."""
