"""Claims tasks, says so, and completes them when told to: by then its leases have passed."""

from __future__ import annotations

import os
import sys

import httpx


def main() -> None:
    """Claim ten tasks; after a line on stdin complete them, and print what became of each."""
    headers = {"Authorization": f"Bearer {os.environ['DEVOS_AGENT_KEY']}"}
    with httpx.Client(base_url=os.environ["DEVOS_URL"], headers=headers, timeout=30) as http:
        ask = {"kinds": ["work"], "wanted": 10, "wait_seconds": 10, "lease_seconds": 1}
        tasks = http.post("/api/agents/exchange", json=ask).json()["tasks"]
        print(*(task["id"] for task in tasks), flush=True)
        sys.stdin.readline()
        done = [{"task_id": task["id"], "lease_token": task["lease_token"]} for task in tasks]
        answer = http.post("/api/agents/exchange", json={"completions": done}).json()
        print(*(result["outcome"] for result in answer["results"]), flush=True)


if __name__ == "__main__":
    main()
