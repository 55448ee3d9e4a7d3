"""What a signed-in person does about people, teams, projects, tokens, secrets and agents."""

from __future__ import annotations

from datetime import timedelta

import pytest
from fake_devos import FakeDevos

from devos_sdk import Conflict, Devos, NotFound, Unavailable


def client(devos: FakeDevos) -> Devos:
    return Devos(devos.url, token="person-token")


def test_two_who_edit_do_not_overwrite_each_other(devos: FakeDevos) -> None:
    with client(devos) as person:
        team = person.teams.create("core")
        newer = person.teams.update(team.id, name="Core", version=team.version)
        with pytest.raises(Conflict) as caught:
            person.teams.update(team.id, name="CORE", version=team.version)
        assert person.teams.update(team.id, name="any").name == "any"
        assert person.projects.config("p").default_priority == "MEDIUM"
        config = person.projects.set_config("p", default_priority="LOW", default_max_retries=0, version=1)
    assert (newer.version, config.default_max_retries) == (2, 0)
    assert (caught.value.status, caught.value.code) == (412, "version_changed")
    assert [seen.headers.get("if-match") for seen in devos.requests if seen.method == "PUT"] == [
        '"1"',
        '"1"',
        None,
        '"1"',
    ]


def test_an_edit_over_a_version_is_not_repeated(devos: FakeDevos) -> None:
    with client(devos) as person:
        team = person.teams.create("core")
        path = f"/api/teams/{team.id}"
        devos.faults.lose_answers_to.add(path)
        with pytest.raises(Unavailable):
            person.teams.update(team.id, name="Core", version=1)
        devos.faults.lose_answers_to.add(path)
        assert person.teams.update(team.id, name="core").name == "core"


def test_people_come_and_go(devos: FakeDevos) -> None:
    bob = {"id": "u2", "email": "bob@example.com", "role": "viewer", "is_active": True}
    devos.rows["users"].append({**bob, "created_at": "2030-01-01"})
    with client(devos) as person:
        assert person.users.set_role("u2", "supervisor").role == "supervisor"
        assert person.users.deactivate("u2").is_active is False
        assert person.users.activate("u2").is_active is True
        assert person.users.list().items == [person.users.get("u2")]
        team, project = person.teams.create("core"), person.projects.create("shop")
        for area, id_ in ((person.teams, team.id), (person.projects, project.id)):
            area.add_member(id_, "u2")
            assert [member.id for member in area.members(id_).items] == ["u2"]
            area.remove_member(id_, "u2")
            assert area.members(id_).items == []
        person.projects.add_agent(project.id, "a1")
        person.projects.remove_agent(project.id, "a1")
        assert person.projects.update(project.id, name="mall", team_id=team.id).team_id == team.id
        person.teams.delete(team.id)
        with pytest.raises(NotFound):
            person.teams.get(team.id)


def test_tokens_are_shown_once(devos: FakeDevos) -> None:
    with client(devos) as person:
        mine = person.tokens.create("laptop", scopes=["tasks:read"])
        ci = person.project_tokens.create("p", "ci", expires_in_days=None)
        assert "secret" not in repr((mine, ci, person.tokens.list(), person.project_tokens.list("p")))
        person.tokens.revoke(mine.id)
        person.project_tokens.revoke("p", ci.project_token.id)
    assert mine.token.get_secret_value() == "devos_api_1_secret"
    assert ci.token.get_secret_value() == "devos_prj_1_secret"
    assert devos.calls("/api/tokens")[0].body["expires_in_days"] == 90
    assert devos.calls("/api/projects/p/tokens")[0].body["expires_in_days"] is None


def test_a_secret_is_of_a_project_or_of_a_team(devos: FakeDevos) -> None:
    with client(devos) as person:
        secret = person.secrets.set("github", "ghp_canary0", kind="git", project_id="p")
        assert person.secrets.set("a/b", "v", kind="ci", team_id="t").name == "a%2Fb"
        assert person.secrets.list(project_id="p").items == [secret]
        person.secrets.delete("github", project_id="p")
        for project_id, team_id in ((None, None), ("p", "t")):
            with pytest.raises(ValueError, match="name one of them"):
                person.secrets.list(project_id=project_id, team_id=team_id)
    assert "canary0" not in repr(secret)
    assert devos.calls("/api/projects/p/secrets/github")[0].body == {"kind": "git", "value": "ghp_canary0"}


def test_an_agents_life(devos: FakeDevos) -> None:
    with client(devos) as person:
        token = person.registration_tokens.create(
            "fleet", project_ids=["p"], max_uses=2, expires_in=timedelta(days=2)
        )
        agent = person.agents.register("a", project_ids=["p"], labels={"zone": "eu"}).agent
        assert person.agents.list(label="zone:eu", capability="x", state="idle").items == [agent]
        changed = person.agents.update(
            agent.id, name="b", capabilities=["x"], labels={}, version=agent.version
        )
        assert person.agents.deactivate(agent.id).is_active is False
        assert person.agents.activate(agent.id).is_active is True
        rotated = person.agents.rotate_key(agent.id, overlap=timedelta(minutes=5))
        person.agents.revoke_key(agent.id, person.agents.keys(agent.id).items[0].id)
        assert person.agents.keys(agent.id).items[0].revoked_at
        person.registration_tokens.revoke(token.registration_token.id)
        assert person.registration_tokens.list().items[0].revoked_at
    assert (changed.name, changed.version) == ("b", 2)
    assert rotated.api_key.get_secret_value() not in repr(rotated)
    assert devos.calls("/api/registration-tokens")[0].body["expires_in_hours"] == 48
    assert devos.calls(f"/api/agents/{agent.id}/rotate-key")[0].body == {"overlap_seconds": 300}
