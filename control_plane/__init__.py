"""The control plane of devos: tasks, leases, budgets and proof, decided in Postgres."""
