"""Feedback reaches GitHub once, whatever happens on the way."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any
from uuid import UUID

import pytest
from structlog.testing import capture_logs

from control_plane.db.secrets import SecretPlace
from control_plane.platform.keyring import Keyring
from control_plane.platform.settings import Settings
from tests.support.github import GitHub
from tests.support.world import World
from tests.worker.conftest import at_work, eventually


@pytest.fixture
async def task(world: World) -> Any:
    await world.supervisor.call(
        "create_repository",
        project_id=world.project,
        forge="github",
        external_id="42",
        full_name="acme/shop",
        clone_url="https://github.com/acme/shop.git",
    )
    return await world.claimed()


@pytest.fixture
async def worker(settings: Settings, task: Any) -> AsyncGenerator[None]:
    async with at_work(settings):
        yield


async def ask(world: World, task: Any, kind: str = "comment", **content: str) -> Any:
    """Feedback as an agent asks for it."""
    return await world.agent.call(
        "post_feedback",
        task_id=UUID(task["id"]),
        lease_token=task["lease_token"],
        key=kind,
        repository="acme/shop",
        number=7,
        kind=kind,
        content=content or {"body": "Looks good."},
    )


async def ended(world: World) -> Any:
    """The feedback once it waits no longer, and the outbox is empty."""

    async def look() -> Any:
        rows = await world.owner.fetch(
            "select * from public.pull_request_feedback where state <> 'queued' and not exists"
            " (select from private.outbox where topic = 'feedback.queued' and gave_up_at is null)"
        )
        return rows and rows[0]

    return await eventually(look)


async def try_again_now(world: World, tries: int) -> None:
    """Let the back-off after this many tries pass, as time would."""

    async def look() -> Any:
        # One that is being tried is hidden for a minute; a back-off is shorter.
        return await world.owner.fetch(
            "update private.outbox set run_at = now() where attempts = $1 and last_error is not null"
            " and run_at < now() + interval '30 seconds' returning 1",
            tries,
        )

    await eventually(look)


@pytest.mark.usefixtures("worker")
async def test_a_comment_is_posted_with_a_marker_that_readers_do_not_see(
    world: World, github: GitHub, task: Any
) -> None:
    asked = await ask(world, task)
    feedback = await ended(world)
    (comment,) = github.comments
    assert comment["path"] == "/repos/acme/shop/issues/7/comments"
    assert comment["body"] == f"Looks good.\n\n<!-- devos:feedback:{asked['id']} -->"
    assert (feedback["state"], feedback["external_id"]) == ("sent", "1")


@pytest.mark.usefixtures("worker")
async def test_a_status_is_posted_on_its_commit(world: World, github: GitHub, task: Any) -> None:
    await ask(
        world, task, "status", sha="a" * 40, state="success", context="devos/review", description="fine"
    )
    await ended(world)
    (status,) = github.statuses
    assert status["path"] == f"/repos/acme/shop/statuses/{'a' * 40}"
    assert (status["state"], status["context"], status["description"]) == ("success", "devos/review", "fine")


async def test_a_comment_posted_before_a_crash_is_found_and_not_posted_again(
    world: World, github: GitHub, settings: Settings, task: Any
) -> None:
    asked = await ask(world, task)
    # What a worker leaves behind that died between GitHub's answer and our record of it.
    marked = {"id": 77, "body": f"Looks good.\n\n<!-- devos:feedback:{asked['id']} -->"}
    github.comments = [marked, *({"id": 100 + nr, "body": "chat"} for nr in range(120))]
    async with at_work(settings):
        feedback = await ended(world)
    assert (feedback["state"], feedback["external_id"]) == ("sent", "77")
    assert not [request for request in github.requests if request.startswith("POST")]


@pytest.mark.usefixtures("worker")
async def test_troubles_of_github_are_waited_out(world: World, github: GitHub, task: Any) -> None:
    github.next_statuses.extend([500, 502, 429])
    await ask(world, task)
    for tries in (1, 2, 3):
        await try_again_now(world, tries)
    assert (await ended(world))["state"] == "sent"
    assert len(github.comments) == 1


@pytest.mark.usefixtures("worker")
@pytest.mark.parametrize("status", [401, 404, 422])
async def test_a_refusal_by_github_is_final_and_told(
    world: World, github: GitHub, task: Any, status: int
) -> None:
    github.next_statuses.append(status)
    await ask(world, task)
    feedback = await ended(world)
    assert feedback["state"] == "failed"
    assert str(status) in feedback["error"]
    assert await world.owner.value("select count(*) from public.events where type = 'feedback.failed'") == 1
    assert github.comments == []


async def test_the_last_failed_try_gives_up_and_says_so(
    world: World, github: GitHub, settings: Settings, task: Any
) -> None:
    await ask(world, task)
    await world.owner.fetch("update private.outbox set attempts = 9 where topic = 'feedback.queued'")
    github.next_statuses.append(500)
    async with at_work(settings):
        assert (await ended(world))["state"] == "failed"
    assert await world.owner.value("select count(*) from private.outbox where gave_up_at is not null") == 1


async def keep_token(world: World, settings: Settings, value: str) -> None:
    """Give the project a token for GitHub of its own."""
    assert settings.encryption_keys is not None
    place = SecretPlace(project_id=world.project, name="github")
    sealed = Keyring(settings.encryption_keys.get_secret_value()).seal(value.encode(), place.about)
    kept = {"kind": "git", "key_id": sealed.key_id, "sealed": sealed.data}
    await world.supervisor.call("set_secret", **place.model_dump(), **kept)


async def test_a_project_posts_with_its_own_token_where_it_has_one(
    world: World, github: GitHub, settings: Settings, task: Any
) -> None:
    async with at_work(settings):
        await ask(world, task)
        await ended(world)
        assert {*github.credentials} == {f"token {'t' * 40}"}
        github.credentials.clear()
        await keep_token(world, settings, "ghp_own\n")
        await ask(world, task, "status", sha="a" * 40, state="success", context="devos/review")
        await eventually(lambda: world.owner.fetch("select 1 from private.outbox having count(*) = 0"))
    assert {*github.credentials} == {"token ghp_own"}
    purposes = await world.owner.value(
        "select array_agg(data ->> 'purpose') from public.audit_log where action = 'secret.use'"
    )
    (status,) = await world.owner.fetch("select id from public.pull_request_feedback where kind = 'status'")
    assert purposes == [f"feedback {status['id']}"]


@pytest.mark.parametrize("token", ["ghp_canary\nX-Evil: 1", "ghp_canary\u2603", "ghp canary"])
async def test_a_secret_that_is_no_token_is_told_to_nobody(
    world: World, github: GitHub, settings: Settings, task: Any, token: str
) -> None:
    await keep_token(world, settings, token)
    await ask(world, task)
    with capture_logs() as lines:
        async with at_work(settings):
            feedback = await ended(world)
    assert feedback["state"] == "failed"
    assert "characters that no token has" in feedback["error"]
    assert "canary" not in f"{feedback} {lines}"
    assert github.requests == []


@pytest.mark.usefixtures("worker")
async def test_a_secret_that_does_not_open_is_tried_again(
    world: World, github: GitHub, settings: Settings, task: Any
) -> None:
    await keep_token(world, settings, "ghp_own")
    await world.owner.fetch("update private.secret_values set key_id = 'gone'")
    await ask(world, task)
    await eventually(lambda: world.owner.fetch("select 1 from private.outbox where last_error like '%gone%'"))
    assert github.requests == []
    await keep_token(world, settings, "ghp_own")
    await try_again_now(world, 1)
    assert (await ended(world))["state"] == "sent"


@pytest.mark.usefixtures("worker")
async def test_no_token_of_ours_is_in_what_is_recorded(world: World, github: GitHub, task: Any) -> None:
    github.next_statuses.append(500)
    await ask(world, task)
    await eventually(lambda: world.owner.fetch("select 1 from private.outbox where last_error is not null"))
    assert not await world.owner.fetch(
        "select 1 from private.outbox where last_error like '%' || repeat('t', 40) || '%'"
    )
