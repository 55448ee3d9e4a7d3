"""The client of the SDK against a `devos up`: both understand each other, and every answer fits its model."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest

from devos_sdk import AsyncDevos, Conflict, Devos, Forbidden, NotFound, Session, Unauthorized
from tests.support.devos import Running

PASSWORD = "long enough for a bird"


@pytest.fixture
def admin(server: Running) -> Iterator[Devos]:
    with Devos(server.url) as client:
        client.sign_in(server.told["email"], server.told["password"])
        yield client


@contextmanager
def invited(server: Running, admin: Devos, email: str, project_id: str | None = None) -> Iterator[Devos]:
    """A supervisor who came by an invitation."""
    asked = admin.invitations.create(email, role="supervisor", project_id=project_id, expires_in_days=1)
    with Devos(server.url) as client:
        assert client.sign_up(email, PASSWORD, invitation=asked.token) is not None
        yield client


def ended(server: Running, session: Session) -> bool:
    """Whether a token that was taken along is refused."""
    with Devos(server.url, token=session.access_token.get_secret_value()) as late:
        try:
            late.whoami()
        except Unauthorized:
            return True
    return False


def test_a_session_is_refreshed_and_ends(server: Running) -> None:
    with Devos(server.url) as person:
        first = person.sign_in(server.told["email"], server.told["password"])
        assert person.whoami().role == "admin"
        second = person.refresh()
        assert second.access_token != first.access_token
        person.sign_out()
        with pytest.raises(Unauthorized):
            person.whoami()
    assert ended(server, second)


def test_a_wrong_password_is_told_as_such(server: Running) -> None:
    with Devos(server.url) as person, pytest.raises(Unauthorized) as caught:
        person.sign_in(server.told["email"], "wrong")
    assert caught.value.code == "invalid_credentials"
    assert caught.value.request_id


async def test_calls_at_the_same_time_share_a_session(server: Running) -> None:
    async with AsyncDevos(server.url) as person:
        await person.sign_in(server.told["email"], server.told["password"])
        told = await asyncio.gather(*(person.whoami() for _ in range(20)), person.refresh())
        assert len({one.id for one in told if not isinstance(one, Session)}) == 1


def test_two_who_edit_do_not_overwrite_each_other(admin: Devos) -> None:
    team, project = admin.teams.create("versions"), admin.projects.create("versions")
    agent = admin.agents.register("versions", project_ids=[project.id], labels={"zone": "eu"}).agent
    config = admin.projects.config(project.id)
    edits = [
        lambda version: admin.teams.update(team.id, name="v", version=version),
        lambda version: admin.agents.update(
            agent.id, name="v", capabilities=["x"], labels={}, version=version
        ),
        lambda version: admin.projects.set_config(
            project.id, default_priority="LOW", default_max_retries=1, version=version
        ),
    ]
    for edit, version in zip(edits, (team.version, agent.version, config.version), strict=True):
        assert edit(version).version == version + 1
        with pytest.raises(Conflict) as caught:
            edit(version)
        assert (caught.value.status, caught.value.code) == (412, "version_changed")
        assert edit(None).version == version + 2
    now = admin.projects.get(project.id)
    assert admin.projects.update(project.id, name="v", version=now.version).name == "v"


def test_people_come_into_projects_and_teams_and_go(server: Running, admin: Devos) -> None:
    project, team = admin.projects.create("members"), admin.teams.create("members")
    with invited(server, admin, "bob@example.com") as bob:
        person = bob.whoami().id
        for area, id_ in ((admin.projects, project.id), (admin.teams, team.id)):
            area.add_member(id_, person)
            assert person in {found.id for found in area.members(id_).items}
            area.remove_member(id_, person)
            assert person not in {found.id for found in area.members(id_).items}
        assert admin.users.get(person).email == "bob@example.com"
        assert admin.users.set_role(person, "viewer").role == "viewer"
        assert not admin.users.deactivate(person).is_active
        with pytest.raises(Unauthorized):
            bob.whoami()
        assert admin.users.activate(person).is_active
    admin.projects.delete(project.id)
    admin.teams.delete(team.id)


def test_an_invitation_is_accepted_or_taken_back(server: Running, admin: Devos) -> None:
    project = admin.projects.create("invitations")
    with invited(server, admin, "carol@example.com") as carol:
        asked = admin.invitations.create("carol@example.com", project_id=project.id)
        assert carol.invitations.accept(asked.token).accepted_at
        assert [found.id for found in carol.projects.list().items] == [project.id]
        late = admin.invitations.create("carol@example.com").invitation
        admin.invitations.revoke(late.id)
    revoked = {found.id for found in admin.invitations.list().items if found.revoked_at}
    assert late.id in revoked


def test_tokens_do_what_they_are_for_until_they_are_revoked(server: Running, admin: Devos) -> None:
    project = admin.projects.create("tokens")
    mine = admin.tokens.create("script", scopes=["projects:read"], expires_in_days=None)
    with Devos(server.url, token=mine.token.get_secret_value()) as program:
        assert program.projects.get(project.id).name == "tokens"
        with pytest.raises(Forbidden):
            program.projects.delete(project.id)
        admin.tokens.revoke(mine.id)
        with pytest.raises(Unauthorized):
            program.projects.list()
    ci = admin.project_tokens.create(project.id, "ci")
    with Devos(server.url, token=ci.token.get_secret_value()) as program:
        assert program.whoami().kind == "project"
        admin.project_tokens.revoke(project.id, ci.project_token.id)
        with pytest.raises(Unauthorized):
            program.whoami()
    assert admin.project_tokens.list(project.id).items[0].revoked_at
    assert mine.id in {found.id for found in admin.tokens.list().items}


def test_secrets_are_kept_for_projects_and_teams(admin: Devos) -> None:
    project, team = admin.projects.create("secrets"), admin.teams.create("secrets")
    kept = admin.secrets.set("github", "ghp_canary0", kind="git", project_id=project.id)
    admin.secrets.set("model.openai", "sk-canary0", kind="model", team_id=team.id)
    assert admin.secrets.list(project_id=project.id).items == [kept]
    assert [secret.name for secret in admin.secrets.list(team_id=team.id).items] == ["model.openai"]
    admin.secrets.delete("github", project_id=project.id)
    with pytest.raises(NotFound):
        admin.secrets.delete("github", project_id=project.id)


def test_an_agents_life(server: Running, admin: Devos) -> None:
    project, other = admin.projects.create("agents"), admin.projects.create("more agents")
    token = admin.registration_tokens.create(
        "fleet", project_ids=[project.id], capabilities=["x"], max_uses=2, expires_in=timedelta(hours=2)
    )
    with Devos(server.url, token=token.token.get_secret_value()) as host:
        registered = host.agents.register("a", project_ids=[], capabilities=["x", "y"], labels={"zone": "eu"})
    agent = registered.agent
    assert agent.capabilities == ["x"]
    assert [found.id for found in admin.agents.list(label="zone:eu", capability="x").items] == [agent.id]
    admin.projects.add_agent(other.id, agent.id)
    assert sorted(admin.agents.get(agent.id).project_ids) == sorted([project.id, other.id])
    admin.projects.remove_agent(other.id, agent.id)
    with Devos(server.url, token=registered.api_key.get_secret_value()) as itself:
        assert itself.whoami().kind == "agent"
        renewed = itself.agents.rotate_key(agent.id, overlap=timedelta(minutes=5)).api_key
        with Devos(server.url, token=renewed.get_secret_value()) as new:
            assert new.whoami().id == agent.id
            old = next(key for key in admin.agents.keys(agent.id).items if key.expires_at is not None)
            admin.agents.revoke_key(agent.id, old.id)
            with pytest.raises(Unauthorized):
                itself.whoami()
            assert admin.agents.deactivate(agent.id).state == "deactivated"
            with pytest.raises(Unauthorized):
                new.whoami()
    assert admin.agents.activate(agent.id).is_active
    admin.registration_tokens.revoke(token.registration_token.id)
    (told,) = admin.registration_tokens.list().items
    assert (told.uses, told.revoked_at is not None) == (1, True)


def test_tasks_wait_for_tasks_until_they_are_cancelled(server: Running, admin: Devos) -> None:
    project = admin.projects.create("graphs").id
    build = admin.tasks.create("Build", project_id=project, kind="build")
    waits = [{"task_id": build.id, "on_failure": "block"}]
    ship = admin.tasks.create(
        "Ship", project_id=project, kind="ship", parent_task_id=build.id, depends_on=waits
    )
    assert (ship.parent_task_id, ship.open_dependencies) == (build.id, 1)
    after = admin.tasks.successor(ship.id, "Tell", kind="tell", key="tell")
    assert admin.tasks.successor(ship.id, "Tell", kind="tell", key="tell").id == after.id
    assert admin.tasks.add_dependencies(after.id, [build.id]).open_dependencies == 2
    admin.tasks.remove_dependency(after.id, build.id)
    listed = admin.tasks.dependencies(ship.id).items
    assert [(one.relation, one.task_id, one.on_failure) for one in listed] == [
        ("predecessor", build.id, "block"),
        ("dependent", after.id, "fail"),
    ]
    lineage = admin.tasks.lineage(build.id)
    assert (lineage.complete, {one.relation for one in lineage.tasks}) == (
        True,
        {"self", "descendant", "successor"},
    )
    assert admin.tasks.steps(build.id).items == []
    assert admin.projects.config(project).cancel_grace_seconds == 60
    config = {"default_priority": "LOW", "default_max_retries": 1, "cancel_grace": timedelta(seconds=5)}
    assert admin.projects.set_config(project, **config).cancel_grace_seconds == 5
    cancelled = admin.tasks.cancel(build.id, reason="not wanted", cascade="dependents")
    assert (cancelled.state, cancelled.cancel_reason) == ("cancelled", "not wanted")
    assert {admin.tasks.wait(task.id).state for task in (build, ship, after)} == {"cancelled"}


def test_a_schedule_makes_tasks_until_it_is_deleted(server: Running, admin: Devos) -> None:
    project = admin.projects.create("nightly").id
    task = {"kind": "report", "title": "Report", "priority": "HIGH", "tags": ["nightly"]}
    berlin = {"cron": "30 2 * * *", "time_zone": "Europe/Berlin"}
    made = admin.schedules.create("nightly", project_id=project, task=task, **berlin)
    assert made.next_run_at == admin.schedules.preview(**berlin, count=1).next_runs[0]
    changed = admin.schedules.update(made.id, overlap="cancel_previous", version=made.version)
    assert (changed.overlap, changed.task) == ("cancel_previous", {**task, "input": {}})
    assert admin.schedules.pause(made.id).next_run_at is None
    assert admin.schedules.resume(made.id).next_run_at == made.next_run_at
    run = admin.schedules.run(made.id)
    assert run.task_id is not None
    assert admin.tasks.get(run.task_id).tags == ["nightly"]
    (listed,) = admin.schedules.runs(made.id).items
    assert (listed.task_id, listed.task_state) == (run.task_id, "pending")
    assert admin.schedules.of_task(run.task_id).schedule_id == made.id
    assert [kept.id for kept in admin.schedules.list(project_id=project).items] == [made.id]
    admin.schedules.delete(made.id)
    with pytest.raises(NotFound):
        admin.schedules.get(made.id)


def test_a_stranger_finds_nothing(server: Running, admin: Devos) -> None:
    project = admin.projects.create("private")
    with invited(server, admin, "mallory@example.com") as mallory:
        areas = (mallory.projects, mallory.teams, mallory.agents, mallory.tasks, mallory.registration_tokens)
        assert [area.list().items for area in areas] == [[]] * len(areas)
        assert [found.email for found in mallory.users.list().items] == ["mallory@example.com"]
        for look in (mallory.projects.get, mallory.projects.config, mallory.projects.members):
            with pytest.raises(NotFound):
                look(project.id)
        with pytest.raises(NotFound):
            mallory.secrets.list(project_id=project.id)


async def test_events_are_followed_as_they_happen_and_from_a_cursor_on(server: Running) -> None:
    async with AsyncDevos(server.url) as person:
        await person.sign_in(server.told["email"], server.told["password"])
        project = await person.projects.create("followed")
        following = person.events.follow(project_id=project.id, types=["task"], after="0")
        made = [
            await person.tasks.create(str(number), project_id=project.id, kind="none") for number in range(3)
        ]
        told = [await anext(following) for _ in made]
        assert [event.subject_id for event in told] == [task.id for task in made]
        again = person.events.follow(task_id=made[2].id, after=told[1].cursor)
        assert await anext(again) == told[2]
        await person.tasks.cancel(made[2].id)
        assert [(await anext(stream)).type for stream in (following, again)] == ["task.cancelled"] * 2
        with pytest.raises(NotFound):
            await anext(person.events.follow(project_id=made[0].id))


async def test_tasks_over_the_rate_of_their_project_wait_and_are_created(server: Running) -> None:
    async with AsyncDevos(server.url, patience=timedelta(minutes=1)) as client:
        await client.sign_in(server.told["email"], server.told["password"])
        slow, fast = [(await client.projects.create(name)).id for name in ("slow", "fast")]
        said = {"default_priority": "MEDIUM", "default_max_retries": 3}
        config = await client.projects.set_config(slow, **said, creations_per_minute=120)
        assert config.creations_per_minute == 120
        made = await asyncio.gather(
            *(client.tasks.create(str(at), project_id=slow, kind="work") for at in range(124)),
            *(client.tasks.create(str(at), project_id=fast, kind="work") for at in range(124, 150)),
        )
        assert [task.title for task in made] == [str(at) for at in range(150)]
        assert [count.count for count in await client.tasks.counts(project_id=slow)] == [124]
