"""Routes of people, teams and projects."""

from __future__ import annotations

from uuid import UUID

from litestar import Controller, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from control_plane.db.session import Session
from control_plane.domains.teams import queries
from control_plane.domains.teams.models import (
    Activation,
    CreateProject,
    CreateTeam,
    NewRole,
    Person,
    Project,
    ProjectConfig,
    Team,
    UpdateProject,
    UpdateProjectConfig,
    UpdateTeam,
)
from control_plane.http.etag import TAGGED, IfMatch, wanted_version
from control_plane.http.paging import Limit
from control_plane.http.scopes import scope
from control_plane.platform.model import Page


class PersonController(Controller):
    """People, as those see them who share a team or a project."""

    path = "/api/users"
    tags = ("people",)

    @get(operation_id="listPeople", opt=scope("people:read"))
    async def list_people(
        self, db: NamedDependency[Session], limit: Limit = 50, cursor: FromQuery[UUID | None] = None
    ) -> Page[Person]:
        """Oneself and who shares a team or a project; an admin sees all."""
        return await queries.list_people(db, limit=limit, cursor=cursor)

    @get("/{user_id:uuid}", operation_id="readPerson", opt=scope("people:read"))
    async def read_person(self, user_id: FromPath[UUID], db: NamedDependency[Session]) -> Person:
        """One person."""
        return await queries.read_person(db, user_id)

    @put("/{user_id:uuid}/role", operation_id="setRole", opt=scope("people:write"))
    async def set_role(
        self, user_id: FromPath[UUID], data: JSONBody[NewRole], db: NamedDependency[Session]
    ) -> Person:
        """Give a person a role, as an admin; it holds with their next request. 409 for the last admin."""
        return await queries.set_role(db, user_id, data.role)

    @put("/{user_id:uuid}/activation", operation_id="setActivation", opt=scope("people:write"))
    async def set_activation(
        self, user_id: FromPath[UUID], data: JSONBody[Activation], db: NamedDependency[Session]
    ) -> Person:
        """Let a person in, or out with the next request, as an admin. 409 for the last admin."""
        return await queries.set_activation(db, user_id, is_active=data.is_active)


class TeamController(Controller):
    """Teams and their members."""

    path = "/api/teams"
    tags = ("teams",)

    @post(operation_id="createTeam", opt=scope("teams:write"))
    async def create_team(self, data: JSONBody[CreateTeam], db: NamedDependency[Session]) -> Team:
        """Create a team; the caller becomes its member."""
        return await queries.create_team(db, data)

    @get(operation_id="listTeams", opt=scope("teams:read"))
    async def list_teams(
        self, db: NamedDependency[Session], limit: Limit = 50, cursor: FromQuery[UUID | None] = None
    ) -> Page[Team]:
        """The teams the caller is a member of; an admin sees all."""
        return await queries.list_teams(db, limit=limit, cursor=cursor)

    @get("/{team_id:uuid}", operation_id="readTeam", opt=scope("teams:read"), **TAGGED)
    async def read_team(self, team_id: FromPath[UUID], db: NamedDependency[Session]) -> Team:
        """One team."""
        return await queries.read_team(db, team_id)

    @put("/{team_id:uuid}", operation_id="updateTeam", opt=scope("teams:write"), **TAGGED)
    async def update_team(
        self,
        team_id: FromPath[UUID],
        data: JSONBody[UpdateTeam],
        db: NamedDependency[Session],
        if_match: IfMatch = None,
    ) -> Team:
        """Rename a team."""
        return await queries.update_team(db, team_id, data, wanted_version(if_match))

    @delete("/{team_id:uuid}", operation_id="deleteTeam", opt=scope("teams:write"))
    async def delete_team(self, team_id: FromPath[UUID], db: NamedDependency[Session]) -> None:
        """Delete a team. 409 while it has projects."""
        await queries.delete_team(db, team_id)

    @get("/{team_id:uuid}/members", operation_id="listTeamMembers", opt=scope("teams:read"))
    async def list_members(
        self,
        team_id: FromPath[UUID],
        db: NamedDependency[Session],
        limit: Limit = 50,
        cursor: FromQuery[UUID | None] = None,
    ) -> Page[Person]:
        """The members of a team."""
        return await queries.list_people(db, team_id=team_id, limit=limit, cursor=cursor)

    @put(
        "/{team_id:uuid}/members/{user_id:uuid}",
        operation_id="addTeamMember",
        status_code=204,
        opt=scope("teams:write"),
    )
    async def add_member(
        self, team_id: FromPath[UUID], user_id: FromPath[UUID], db: NamedDependency[Session]
    ) -> None:
        """Let a person that the caller sees into a team; others are invited."""
        await queries.add_team_member(db, team_id, user_id)

    @delete(
        "/{team_id:uuid}/members/{user_id:uuid}", operation_id="removeTeamMember", opt=scope("teams:write")
    )
    async def remove_member(
        self, team_id: FromPath[UUID], user_id: FromPath[UUID], db: NamedDependency[Session]
    ) -> None:
        """Take a person out of a team."""
        await queries.remove_team_member(db, team_id, user_id)


class ProjectController(Controller):
    """Projects, their configuration and members."""

    path = "/api/projects"
    tags = ("projects",)

    @post(operation_id="createProject", opt=scope("projects:write"))
    async def create_project(self, data: JSONBody[CreateProject], db: NamedDependency[Session]) -> Project:
        """Create a project; the caller becomes its member."""
        return await queries.create_project(db, data)

    @get(operation_id="listProjects", opt=scope("projects:read"))
    async def list_projects(
        self, db: NamedDependency[Session], limit: Limit = 50, cursor: FromQuery[UUID | None] = None
    ) -> Page[Project]:
        """The projects the caller sees: as their member, as a member of their team, or as an admin."""
        return await queries.list_projects(db, limit=limit, cursor=cursor)

    @get("/{project_id:uuid}", operation_id="readProject", opt=scope("projects:read"), **TAGGED)
    async def read_project(self, project_id: FromPath[UUID], db: NamedDependency[Session]) -> Project:
        """One project."""
        return await queries.read_project(db, project_id)

    @put("/{project_id:uuid}", operation_id="updateProject", opt=scope("projects:write"), **TAGGED)
    async def update_project(
        self,
        project_id: FromPath[UUID],
        data: JSONBody[UpdateProject],
        db: NamedDependency[Session],
        if_match: IfMatch = None,
    ) -> Project:
        """Change the name, the description and the team of a project."""
        return await queries.update_project(db, project_id, data, wanted_version(if_match))

    @delete("/{project_id:uuid}", operation_id="deleteProject", opt=scope("projects:write"))
    async def delete_project(self, project_id: FromPath[UUID], db: NamedDependency[Session]) -> None:
        """Delete a project. 409 once it has tasks, services, repositories or agents."""
        await queries.delete_project(db, project_id)

    @get("/{project_id:uuid}/config", operation_id="readProjectConfig", opt=scope("projects:read"), **TAGGED)
    async def read_config(self, project_id: FromPath[UUID], db: NamedDependency[Session]) -> ProjectConfig:
        """What tasks of the project get that say nothing themselves."""
        return await queries.read_project_config(db, project_id)

    @put("/{project_id:uuid}/config", operation_id="configureProject", opt=scope("projects:write"), **TAGGED)
    async def configure(
        self,
        project_id: FromPath[UUID],
        data: JSONBody[UpdateProjectConfig],
        db: NamedDependency[Session],
        if_match: IfMatch = None,
    ) -> ProjectConfig:
        """Change what tasks of the project get from now on."""
        return await queries.configure_project(db, project_id, data, wanted_version(if_match))

    @get("/{project_id:uuid}/members", operation_id="listProjectMembers", opt=scope("projects:read"))
    async def list_members(
        self,
        project_id: FromPath[UUID],
        db: NamedDependency[Session],
        limit: Limit = 50,
        cursor: FromQuery[UUID | None] = None,
    ) -> Page[Person]:
        """The members of the project itself; those of its team see it too."""
        return await queries.list_people(db, project_id=project_id, limit=limit, cursor=cursor)

    @put(
        "/{project_id:uuid}/members/{user_id:uuid}",
        operation_id="addProjectMember",
        status_code=204,
        opt=scope("projects:write"),
    )
    async def add_member(
        self, project_id: FromPath[UUID], user_id: FromPath[UUID], db: NamedDependency[Session]
    ) -> None:
        """Let a person that the caller sees into a project; others are invited."""
        await queries.add_project_member(db, project_id, user_id)

    @delete(
        "/{project_id:uuid}/members/{user_id:uuid}",
        operation_id="removeProjectMember",
        opt=scope("projects:write"),
    )
    async def remove_member(
        self, project_id: FromPath[UUID], user_id: FromPath[UUID], db: NamedDependency[Session]
    ) -> None:
        """Take a person out of a project; who is in its team still sees it."""
        await queries.remove_project_member(db, project_id, user_id)
