"""The client for people and scripts, sync and async."""

from __future__ import annotations

import uuid
from datetime import timedelta
from decimal import Decimal

import pytest
from fake_devos import FakeDevos
from fake_store import Refusal

from devos_sdk import (
    AsyncDevos,
    Conflict,
    Devos,
    DevosError,
    Forbidden,
    Invalid,
    NotFound,
    RateLimited,
    Unauthorized,
    Unavailable,
)


def client(devos: FakeDevos) -> Devos:
    return Devos(devos.url, token="person-token")


def test_a_person_signs_in_and_the_client_speaks_for_them(devos: FakeDevos) -> None:
    with Devos(devos.url) as person:
        session = person.sign_in("ada@example.com", "right")
        project = person.projects.create("shop")
    assert session.user.email == "ada@example.com"
    assert "person-token" not in repr(session)
    assert project.id == devos.project_id
    assert devos.calls("/api/projects")[0].headers["authorization"] == "Bearer person-token"


async def test_the_async_client_has_the_same_verbs(devos: FakeDevos) -> None:
    async with AsyncDevos(devos.url) as person:
        await person.sign_in("ada@example.com", "right")
        task = await person.tasks.create(
            "Review PR 7", project_id=devos.project_id, kind="code_review", priority="HIGH"
        )
        assert [found.id for found in (await person.tasks.list()).items] == [task.id]
        cursors = [event.cursor async for event in person.events.iterate(project_id=devos.project_id)]
    assert (task.state, task.priority) == ("pending", "HIGH")
    assert cursors == ["1"]


def test_a_wrong_password_is_refused(devos: FakeDevos) -> None:
    with Devos(devos.url) as person, pytest.raises(Unauthorized) as caught:
        person.sign_in("ada@example.com", "wrong")
    assert caught.value.code == "invalid_credentials"


@pytest.mark.parametrize(
    ("status", "kind", "retryable"),
    [
        (400, Invalid, False),
        (401, Unauthorized, False),
        (403, Forbidden, False),
        (404, NotFound, False),
        (409, Conflict, False),
        (422, Invalid, False),
        (500, DevosError, False),
    ],
)
def test_each_refusal_is_its_own_error(
    devos: FakeDevos, status: int, kind: type[DevosError], retryable: bool
) -> None:
    devos.faults.refuse_next["/api/projects"] = Refusal(
        status, "why", "A sentence.", hint="Do this.", request_id="r-1"
    )
    with client(devos) as person, pytest.raises(kind) as caught:
        person.projects.create("shop")
    error = caught.value
    assert type(error) is kind
    assert (error.status, error.code, error.detail, error.hint) == (status, "why", "A sentence.", "Do this.")
    assert (error.request_id, error.retryable) == ("r-1", retryable)
    assert str(error) == "A sentence. (why, request r-1) Do this."
    assert len(devos.requests) == 1


@pytest.mark.parametrize(("status", "kind"), [(429, RateLimited), (502, Unavailable), (503, Unavailable)])
def test_what_passes_is_tried_again_with_the_same_key(
    devos: FakeDevos, status: int, kind: type[DevosError]
) -> None:
    devos.faults.refuse_next["/api/projects"] = Refusal(status, "soon", "Not now.")
    with client(devos) as person:
        person.projects.create("shop")
    first, second = devos.requests
    assert uuid.UUID(first.headers["idempotency-key"])
    for header in ("idempotency-key", "x-request-id"):
        assert first.headers[header] == second.headers[header]
    assert kind("x").retryable is False  # only an answer of the server says so


def test_a_creation_whose_answer_was_lost_is_repeated_without_effect(devos: FakeDevos) -> None:
    devos.faults.lose_answers_to.add("/api/tasks")
    with client(devos) as person:
        task = person.tasks.create("once", project_id=devos.project_id, kind="work")
    assert [*devos.tasks] == [task.id]
    assert len(devos.calls("/api/tasks")) == 2


def test_a_key_of_the_callers_own_is_sent(devos: FakeDevos) -> None:
    with client(devos) as person:
        one = person.tasks.create("once", project_id=devos.project_id, kind="work", idempotency_key="mine")
        two = person.tasks.create("once", project_id=devos.project_id, kind="work", idempotency_key="mine")
    assert one == two


def test_a_server_that_is_not_there_is_named(devos: FakeDevos) -> None:
    with FakeDevos() as gone:
        url = gone.url
    with Devos(url, timeout=timedelta(milliseconds=300)) as person, pytest.raises(Unavailable) as caught:
        person.projects.list()
    assert caught.value.code == "unreachable"
    assert f"{url} does not answer" in str(caught.value)
    assert caught.value.request_id


def test_an_answer_of_something_else_is_an_error_and_not_a_crash(devos: FakeDevos) -> None:
    devos.remembered["/api/tasks", "k"] = (201, {"id": "x", "project_id": "p"})
    with client(devos) as person, pytest.raises(DevosError, match="does not fit Task: kind") as caught:
        person.tasks.create("x", project_id="p", kind="k", idempotency_key="k")
    assert caught.value.code == "unexpected_answer"


def test_pages_follow_each_other(devos: FakeDevos) -> None:
    for number in range(120):
        devos.add("work", {"n": number})
    with client(devos) as person:
        events = [event.cursor for event in person.events.iterate(project_id=devos.project_id)]
        first = person.tasks.list(limit=70)
        second = person.tasks.list(limit=70, cursor=first.next_cursor)
        after = person.events.list(project_id=devos.project_id, after="118")
    assert events == [str(number) for number in range(1, 121)]
    assert [task.id for task in (*first.items, *second.items)] == [*devos.tasks]
    assert second.next_cursor is None
    assert [event.cursor for event in after.items] == ["119", "120"]


def test_a_project_is_set_up_and_its_task_followed(devos: FakeDevos) -> None:
    with client(devos) as person:
        project = person.projects.create("shop")
        repository = person.repositories.create(
            "acme/shop", project_id=project.id, external_id="7", clone_url="https://example.com/shop.git"
        )
        service = person.services.create("model", project_id=project.id, limit=Decimal("0.10"))
        richer = person.services.increase_budget(service.id, amount="0.15", reason="a longer review")
        agent = person.agents.register("reviewer", project_ids=[project.id], capabilities=["code-review"])
        task = person.tasks.create("Review", project_id=project.id, kind="work", input={"number": 7})
        cancelled = person.tasks.cancel(task.id)
        attempts = person.tasks.attempts(task.id)
        lines, charges = person.tasks.logs(task.id), person.tasks.charges(task.id)
        assert person.tasks.get(task.id).state == cancelled.state == "cancelled"
        assert [found.name for found in person.services.list(project_id=project.id).items] == ["model"]
    assert repository.full_name == "acme/shop"
    assert richer.limit == Decimal("0.25")
    assert agent.agent.capabilities == ["code-review"]
    assert agent.api_key.get_secret_value() not in repr(agent)
    assert attempts.items == lines.items == charges.items == []


def test_a_closed_client_says_so(devos: FakeDevos) -> None:
    person = client(devos)
    person.close()
    with pytest.raises(RuntimeError, match="closed"):
        person.projects.list()


def test_text_that_is_no_text_is_refused_before_it_is_sent(devos: FakeDevos) -> None:
    with client(devos) as person, pytest.raises(Invalid) as caught:
        person.projects.create("half a pair \ud800")
    assert caught.value.code == "not_json"
    assert devos.requests == []
