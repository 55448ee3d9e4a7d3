"""Claims tasks, says so, and writes to them when told to: by then its leases have passed."""

from __future__ import annotations

import os
import sys
import time
from typing import Any

import httpx


def post(http: httpx.Client, path: str, body: Any) -> httpx.Response:
    """Send until somebody answers: the API and its database are killed, too."""
    while True:
        try:
            answer = http.post(path, json=body)
        except httpx.TransportError:
            answer = None
        if answer is not None and answer.status_code != 503:
            return answer
        time.sleep(0.1)


def main() -> None:
    """Claim ten tasks; after a line on stdin complete them and write to them, and print what became of it."""
    headers = {"Authorization": f"Bearer {os.environ['DEVOS_AGENT_KEY']}"}
    with httpx.Client(base_url=os.environ["DEVOS_URL"], headers=headers, timeout=30) as http:
        ask = {"kinds": ["work"], "wanted": 10, "wait_seconds": 10, "lease_seconds": 1}
        tasks = post(http, "/api/agents/exchange", ask).json()["tasks"]
        print(*(task["lease_token"] for task in tasks), flush=True)
        sys.stdin.readline()
        leases = [{"task_id": task["id"], "lease_token": task["lease_token"]} for task in tasks]
        told: list[str] = []
        # Again and again, so that some meet the next holder at work.
        for _ in range(10):
            answer = post(http, "/api/agents/exchange", {"completions": leases})
            results = answer.json().get("results", [{"outcome": answer.status_code}])
            told += [f"complete={result['outcome']}" for result in results]
            time.sleep(0.03)
        for lease in leases:
            for verb, content in (
                ("progress", {"progress": 0.5}),
                ("checkpoint", {"checkpoint": {"from": "a zombie"}}),
                ("logs", {"lines": [{"level": "info", "message": "from a zombie"}]}),
            ):
                body = {"lease_token": lease["lease_token"], **content}
                refusal = post(http, f"/api/tasks/{lease['task_id']}/{verb}", body).json()
                told.append(f"{verb}={refusal.get('code', 'accepted')}")
        print(*told, flush=True)


if __name__ == "__main__":
    main()
