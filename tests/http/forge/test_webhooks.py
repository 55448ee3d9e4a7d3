"""Webhooks of GitHub: signed over the raw body, stored once, answered at once."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from collections import Counter
from urllib.parse import quote

import httpx
import pytest

from tests.support.api import WEBHOOK_SECRET, client, problem, running, settings_for
from tests.support.operations import github_headers, pull_request_body, signature
from tests.support.scene import REPOSITORY_ID, add_repository
from tests.support.world import Database, World

URL = "/api/webhooks/github"
MIB = 1024 * 1024


@pytest.fixture(autouse=True)
async def repository(world: World) -> None:
    """The repository that the webhooks speak of belongs to the project."""
    await add_repository(world.supervisor, world.project)


async def stored(world: World) -> int:
    return await world.owner.value("select count(*) from public.webhook_deliveries")


async def waiting(world: World) -> int:
    return await world.owner.value("select count(*) from private.outbox where topic = 'webhook.received'")


async def outcome(nobody: httpx.AsyncClient, body: bytes, **headers: str) -> str:
    answer = await nobody.post(URL, content=body, headers=github_headers(body, **headers))
    assert answer.status_code == 202, answer.text
    return answer.json()["outcome"]


async def test_a_signed_delivery_is_stored_for_the_worker(nobody: httpx.AsyncClient, world: World) -> None:
    body = pull_request_body()
    answer = await nobody.post(URL, content=body, headers=github_headers(body, delivery="72d3162e"))
    assert (answer.status_code, answer.json()) == (202, {"outcome": "accepted", "delivery_id": "72d3162e"})
    (row,) = await world.owner.fetch("select * from public.webhook_deliveries")
    assert (row["body"], row["body_sha256"]) == (body, hashlib.sha256(body).digest())
    assert (row["event"], row["state"], row["project_id"]) == ("pull_request", "received", world.project)
    assert await waiting(world) == 1


def forgeries(body: bytes) -> dict[str, str | None]:
    """Signatures by what is wrong with them."""
    good = signature(body)
    digest = good.removeprefix("sha256=")
    sha1 = hmac.new(WEBHOOK_SECRET.encode(), body, hashlib.sha1).hexdigest()
    return {
        "none": None,
        "empty": "",
        "sha1": f"sha1={sha1}",
        "sha1 called sha256": f"sha256={sha1}",
        "another secret": signature(body, "another secret"),
        "an empty secret": signature(body, ""),
        "the secret with a line end": signature(body, WEBHOOK_SECRET + "\n"),
        "the secret itself": f"sha256={WEBHOOK_SECRET}",
        "no key at all": f"sha256={hashlib.sha256(body).hexdigest()}",
        "key and body in one hash": f"sha256={hashlib.sha256(WEBHOOK_SECRET.encode() + body).hexdigest()}",
        "of another body": signature(body + b"\n"),
        "of an empty body": signature(b""),
        "of the parsed body": signature(json.dumps(json.loads(body), indent=1).encode()),
        "cut off": good[:-1],
        "one digit more": good + "0",
        "one digit wrong": good[:-1] + ("0" if good[-1] != "0" else "1"),
        "no algorithm": digest,
        "the algorithm only": "sha256=",
        "another algorithm": f"sha512={digest}",
        # GitHub writes lower case; being lenient buys nothing.
        "in capitals": f"sha256={digest.upper()}",
        "the algorithm in capitals": f"SHA256={digest}",
        "white space inside": f"sha256= {digest}",
        "two in one": f"{good},{good}",
        "zeros": "sha256=" + "0" * 64,
        "not ASCII": "sha256=" + "é" * 64,
    }


async def test_no_forged_delivery_is_stored(nobody: httpx.AsyncClient, world: World) -> None:
    body = pull_request_body()
    forged = forgeries(body)
    assert len(forged) >= 20
    for name, text in forged.items():
        signed = {**github_headers(body), "X-Hub-Signature-256": text}
        headers = [(key.encode(), value.encode()) for key, value in signed.items() if value is not None]
        answer = await nobody.post(URL, content=body, headers=headers)
        assert (answer.status_code, name) == (401, name), answer.text
        problem(answer, 401, "invalid_signature")
    assert await stored(world) == 0


async def test_the_older_signature_header_counts_for_nothing(nobody: httpx.AsyncClient, world: World) -> None:
    body = pull_request_body()
    headers = github_headers(body)
    del headers["X-Hub-Signature-256"]
    headers["X-Hub-Signature"] = "sha1=" + hmac.new(WEBHOOK_SECRET.encode(), body, hashlib.sha1).hexdigest()
    problem(await nobody.post(URL, content=body, headers=headers), 401, "invalid_signature")
    assert await stored(world) == 0


async def test_a_body_that_was_changed_on_its_way_is_refused(nobody: httpx.AsyncClient, world: World) -> None:
    body = pull_request_body()
    for changed in (body[:-1], body + b" ", body.replace(b"ada", b"eve"), b"", body + body):
        problem(
            await nobody.post(URL, content=changed, headers=github_headers(body)), 401, "invalid_signature"
        )
    assert await stored(world) == 0


async def test_without_a_secret_nothing_is_taken(database: Database, world: World) -> None:
    body = pull_request_body()
    async with running(settings_for(database, github_webhook_secret=None)) as app, client(app) as nobody:
        for headers in (
            github_headers(body),
            {**github_headers(body), "X-Hub-Signature-256": signature(body, "")},
        ):
            answer = await nobody.post(URL, content=body, headers=headers)
            problem(answer, 503, "webhook_not_configured")
    assert await stored(world) == 0


async def test_the_same_delivery_again_does_nothing(nobody: httpx.AsyncClient, world: World) -> None:
    body = pull_request_body()
    assert [await outcome(nobody, body) for _ in range(3)] == ["accepted", "duplicate", "duplicate"]
    assert (await stored(world), await waiting(world)) == (1, 1)


async def test_the_same_body_under_a_new_delivery_id_is_a_replay(
    nobody: httpx.AsyncClient, world: World
) -> None:
    body = pull_request_body()
    assert await outcome(nobody, body, delivery="first") == "accepted"
    assert await outcome(nobody, body, delivery="second") == "duplicate"
    assert (await stored(world), await waiting(world)) == (1, 1)


async def test_another_body_under_a_used_delivery_id_does_nothing(
    nobody: httpx.AsyncClient, world: World
) -> None:
    await outcome(nobody, pull_request_body())
    assert await outcome(nobody, pull_request_body(head_sha="c" * 40)) == "duplicate"
    assert await waiting(world) == 1


async def test_a_hundred_parallel_deliveries_of_one_have_one_effect(
    nobody: httpx.AsyncClient, world: World
) -> None:
    body = pull_request_body()
    outcomes = await asyncio.gather(*(outcome(nobody, body, delivery=f"d-{n % 10}") for n in range(100)))
    assert Counter(outcomes) == {"accepted": 1, "duplicate": 99}
    assert (await stored(world), await waiting(world)) == (1, 1)


async def test_a_ping_is_answered_and_not_kept(nobody: httpx.AsyncClient, world: World) -> None:
    body = b'{"zen": "Keep it logically awesome.", "hook_id": 1}'
    assert await outcome(nobody, body, event="ping") == "ignored"
    unsigned = {**github_headers(body, event="ping"), "X-Hub-Signature-256": signature(b"")}
    problem(await nobody.post(URL, content=body, headers=unsigned), 401, "invalid_signature")
    assert await stored(world) == 0


async def test_an_event_that_we_do_nothing_with_is_kept_and_ignored(
    nobody: httpx.AsyncClient, world: World
) -> None:
    body = json.dumps({"ref": "refs/heads/main", "repository": {"id": REPOSITORY_ID}}).encode()
    assert await outcome(nobody, body, event="push") == "ignored"
    assert (await stored(world), await waiting(world)) == (1, 0)


async def test_an_unknown_repository_makes_nothing(nobody: httpx.AsyncClient, world: World) -> None:
    body = pull_request_body(repository={"id": REPOSITORY_ID + 1})
    assert await outcome(nobody, body) == "unknown_repository"
    assert await waiting(world) == 0
    (row,) = await world.owner.fetch("select project_id, state from public.webhook_deliveries")
    assert (row["project_id"], row["state"]) == (None, "unmapped")


async def test_a_repository_is_known_by_its_id_and_not_by_its_name(
    nobody: httpx.AsyncClient, world: World
) -> None:
    body = pull_request_body(repository={"id": REPOSITORY_ID, "full_name": "somebody/else"})
    assert await outcome(nobody, body) == "accepted"


async def test_the_event_header_must_fit_the_body(nobody: httpx.AsyncClient, world: World) -> None:
    """The header is not signed: whoever replays a body under another event gets nowhere."""
    issue = {"action": "opened", "issue": {"number": 1}, "repository": {"id": REPOSITORY_ID}}
    bad_commit = pull_request_body(head_sha="main; rm -rf /")
    for content in (
        json.dumps(issue).encode(),
        json.dumps({"repository": {"id": REPOSITORY_ID}}).encode(),
        bad_commit,
        b"{}",
        b"[]",
        b"null",
        b"no json",
        b"",
        b'{"repository": {"id": "x"}}',
        b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
        ("payload=" + quote(pull_request_body().decode())).encode(),
    ):
        answer = await nobody.post(URL, content=content, headers=github_headers(content))
        problem(answer, 422, "unreadable_webhook")
    assert await stored(world) == 0


async def test_a_body_replayed_under_another_event_does_not_stand_in_its_own_way(
    nobody: httpx.AsyncClient, world: World
) -> None:
    body = pull_request_body()
    assert await outcome(nobody, body, delivery="replayed", event="push") == "ignored"
    assert await outcome(nobody, body, delivery="real") == "accepted"
    assert await waiting(world) == 1


async def test_the_headers_of_a_delivery_are_needed_and_short(
    nobody: httpx.AsyncClient, world: World
) -> None:
    body = pull_request_body()
    for missing in ("X-GitHub-Event", "X-GitHub-Delivery"):
        headers = {name: text for name, text in github_headers(body).items() if name != missing}
        problem(await nobody.post(URL, content=body, headers=headers), 400, "missing_header")
    push = json.dumps({"repository": {"id": REPOSITORY_ID}}).encode()
    for headers, code in (
        ({"delivery": "x" * 101}, "invalid_delivery"),
        ({"event": "Push"}, "invalid_event"),
        ({"event": "push; drop"}, "invalid_event"),
        ({"event": "x" * 65}, "invalid_event"),
    ):
        answer = await nobody.post(
            URL, content=push, headers=github_headers(push, **{"event": "push", **headers})
        )
        problem(answer, 422, code)
    assert await stored(world) == 0


async def test_a_body_may_have_25_mb(nobody: httpx.AsyncClient, world: World) -> None:
    body = pull_request_body().ljust(25 * MIB)
    assert await outcome(nobody, body) == "accepted"
    larger = body + b" "
    problem(await nobody.post(URL, content=larger, headers=github_headers(larger)), 413, "body_too_large")
    assert await stored(world) == 1


async def test_a_delivery_is_answered_while_no_worker_runs(nobody: httpx.AsyncClient, world: World) -> None:
    for number in range(20):
        await outcome(nobody, pull_request_body(number=number + 1), delivery=str(number))
    assert await waiting(world) == 20
    assert await world.owner.value("select count(*) from public.tasks") == 0
