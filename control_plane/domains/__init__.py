"""One package per domain; they meet in SQL and through events, never in imports."""
