"""The only place that talks to Postgres: pool, sessions, errors, deploys."""
