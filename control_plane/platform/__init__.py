"""What every other part stands on: settings, folders, logs and the embedded Postgres."""
