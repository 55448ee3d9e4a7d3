"""The routes of the fake control plane about people: GoTrue's, and those of teams, projects and tokens."""

from __future__ import annotations

import time
import uuid
from typing import TYPE_CHECKING, Any

from fake_routes import Answer, page, route
from fake_store import Refusal, now

if TYPE_CHECKING:
    from fake_devos import FakeDevos, Seen


def session(fake: FakeDevos, email: str) -> Answer:
    """A new session in GoTrue's shape. The first access token of all is `person-token`."""
    number = len(fake.sessions) + 1
    access = "person-token" if number == 1 else f"person-token-{number}"
    refresh = f"refresh-{number}"
    fake.sessions[refresh] = email
    fake.keys.add(access)
    user = {
        "id": str(uuid.uuid5(uuid.NAMESPACE_URL, email)),
        "aud": "authenticated",
        "role": "authenticated",
        "email": email,
        "app_metadata": {"provider": "email", "providers": ["email"]},
        "user_metadata": {},
        "identities": [],
        "created_at": now(),
        "updated_at": now(),
    }
    times = {"expires_in": fake.expires_in, "expires_at": round(time.time()) + fake.expires_in}
    return 200, {
        "access_token": access,
        "token_type": "bearer",
        "refresh_token": refresh,
        "user": user,
        **times,
    }


def refusal(status: int, code: str, text: str) -> Refusal:
    """A refusal that speaks to Supabase's client too."""
    return Refusal(status, code, text, error_code=code, msg=text)


@route("POST", "/auth/v1/token")
def token(fake: FakeDevos, seen: Seen) -> Answer:
    grant = seen.query["grant_type"]
    if grant == "password":
        if fake.accounts.get(seen.body["email"], "right") != seen.body["password"]:
            raise refusal(401, "invalid_credentials", "E-mail or password is wrong.")
        return session(fake, seen.body["email"])
    if grant == "pkce":
        if seen.body["auth_code"] != "good-code" or not seen.body["code_verifier"]:
            raise refusal(400, "bad_code_verifier", "The code is not valid.")
        return session(fake, "ada@example.com")
    shown = seen.body["refresh_token"]
    if shown not in fake.sessions:
        raise refusal(400, "refresh_token_not_found", "The session has ended.")
    if shown not in fake.refreshed:  # shown twice, it gets the same next one
        fake.refreshed[shown] = session(fake, fake.sessions[shown])
    return fake.refreshed[shown]


@route("GET", "/auth/v1/authorize")
def authorize(fake: FakeDevos, seen: Seen) -> Answer:
    return 200, {"go_to": seen.query["redirect_to"]}


@route("POST", "/auth/v1/signup")
def sign_up(fake: FakeDevos, seen: Seen) -> Answer:
    if seen.body["data"].get("invitation") != "devos_inv_1_secret":
        raise refusal(403, "signup_disabled", "Signing up needs an invitation.")
    fake.accounts[seen.body["email"]] = seen.body["password"]
    return session(fake, seen.body["email"])


@route("POST", "/auth/v1/logout")
def sign_out(fake: FakeDevos, seen: Seen) -> Answer:
    fake.keys.discard(seen.headers["authorization"].removeprefix("Bearer "))
    return 204, None


@route("GET", "/api/whoami")
def whoami(fake: FakeDevos, seen: Seen) -> Answer:
    return 200, {"kind": "person", "id": "u1", "name": "ada@example.com", "role": "admin", "scopes": None}


def add(fake: FakeDevos, area: str, row: dict[str, Any]) -> dict[str, Any]:
    whole = {"id": str(uuid.uuid4()), "version": 1, "created_at": now(), **row}
    fake.rows[area].append(whole)
    return whole


def find(fake: FakeDevos, area: str, id_: str) -> dict[str, Any]:
    for row in fake.rows[area]:
        if id_ in (row["id"], row.get("name")):
            return row
    raise Refusal(404, f"{area}_not_found", "There is no such thing.")


def edited(row: dict[str, Any], seen: Seen) -> Answer:
    """The row as the body says, unless somebody else was faster."""
    if seen.headers.get("if-match", f'"{row["version"]}"') != f'"{row["version"]}"':
        raise Refusal(412, "version_changed", "Somebody else has edited it.")
    row.update(seen.body, version=row["version"] + 1)
    return 200, row


@route("POST", "/api/projects")
def create_project(fake: FakeDevos, seen: Seen) -> Answer:
    return 201, add(fake, "projects", {"id": fake.project_id, "new_field": 1, **seen.body})


@route("GET", "/api/projects")
def list_projects(fake: FakeDevos, seen: Seen) -> Answer:
    return page([{"id": fake.project_id, "name": "hello", "created_at": now()}], seen)


@route("GET|PUT", "/api/projects/([^/]+)/config")
def config(fake: FakeDevos, seen: Seen, project_id: str) -> Answer:
    rows = fake.rows["config"] or [
        add(fake, "config", {"default_priority": "MEDIUM", "default_max_retries": 3})
    ]
    return edited(rows[0], seen) if seen.method == "PUT" else (200, rows[0])


@route("GET", "/api/kinds")
def list_kinds(fake: FakeDevos, seen: Seen) -> Answer:
    return page(fake.rows["kinds"], seen)


@route("GET|PUT|DELETE", "/api/kinds/([^/]+)")
def kind(fake: FakeDevos, seen: Seen, name: str) -> Answer:
    rows = [row for row in fake.rows["kinds"] if row["name"] == name]
    if seen.method == "PUT" and rows:
        return edited(rows[0], seen)
    if seen.method == "PUT":
        return 200, add(fake, "kinds", {"name": name, "project_id": seen.query["project_id"], **seen.body})
    if not rows:
        raise Refusal(404, "kind_not_found", "There is no such kind.")
    if seen.method == "DELETE":
        fake.rows["kinds"].remove(rows[0])
        return 204, None
    return 200, rows[0]


@route("POST", "/api/kinds/([^/]+)/validate")
def validate(fake: FakeDevos, seen: Seen, name: str) -> Answer:
    missing = {"field": "input", "pointer": "", "message": '"name" is a required property'}
    fits = "name" in seen.body["input"]
    return 200, {"fits": fits, "errors": [] if fits else [missing]}


@route("POST", "/api/invitations")
def invite(fake: FakeDevos, seen: Seen) -> Answer:
    invitation = add(fake, "invitations", {"role": "viewer", "expires_at": now(), **seen.body})
    return 201, {"invitation": invitation, "token": "devos_inv_1_secret"}


@route("POST", "/api/invitations/accept")
def accept(fake: FakeDevos, seen: Seen) -> Answer:
    if seen.body["token"] != "devos_inv_1_secret":
        raise Refusal(404, "invitation_not_found", "There is no such invitation.")
    return 200, {**fake.rows["invitations"][0], "accepted_at": now()}


@route("POST", "/api/teams")
def create_team(fake: FakeDevos, seen: Seen) -> Answer:
    return 201, add(fake, "teams", seen.body)


@route("POST", "/api/tokens")
def create_token(fake: FakeDevos, seen: Seen) -> Answer:
    row = add(fake, "tokens", seen.body)
    return 201, {**row, "token": "devos_api_1_secret"}


@route("POST", "/api/projects/([^/]+)/tokens")
def create_project_token(fake: FakeDevos, seen: Seen, project_id: str) -> Answer:
    row = add(fake, f"projects/{project_id}/tokens", {"project_id": project_id, **seen.body})
    return 201, {"project_token": row, "token": "devos_prj_1_secret"}


@route("PUT", "/api/((?:projects|teams)/[^/]+/secrets)/([^/]+)")
def set_secret(fake: FakeDevos, seen: Seen, area: str, name: str) -> Answer:
    return 200, add(fake, area, {"name": name, "kind": seen.body["kind"], "changed_at": now()})


@route("PUT", "/api/users/([^/]+)/(role|activation)")
def edit_user(fake: FakeDevos, seen: Seen, user_id: str, what: str) -> Answer:
    user = find(fake, "users", user_id)
    user.update(seen.body)
    return 200, user


@route("PUT|DELETE", "/api/((?:projects|teams)/[^/]+/(?:members|agents))/([^/]+)")
def membership(fake: FakeDevos, seen: Seen, area: str, id_: str) -> Answer:
    if seen.method == "PUT":
        add(fake, area, {"id": id_, "email": "bob@example.com", "role": "viewer", "is_active": True})
    else:
        fake.rows[area].remove(find(fake, area, id_))
    return 204, None


_AREAS = "users|invitations|teams|tokens|projects|(?:projects|teams)/[^/]+/(?:members|tokens|secrets)"


@route("GET", f"/api/({_AREAS})")
def list_rows(fake: FakeDevos, seen: Seen, area: str) -> Answer:
    return page(fake.rows[area], seen)


@route("GET|PUT|DELETE", f"/api/({_AREAS})/([^/]+)")
def one_row(fake: FakeDevos, seen: Seen, area: str, id_: str) -> Answer:
    row = find(fake, area, id_)
    if seen.method == "PUT":
        return edited(row, seen)
    if seen.method == "DELETE":
        fake.rows[area].remove(row)
        return 204, None
    return 200, row
