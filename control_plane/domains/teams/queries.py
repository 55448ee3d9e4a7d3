"""The SQL of this domain, one typed call each."""

from __future__ import annotations

from uuid import UUID

from control_plane.db.session import Session
from control_plane.domains.teams.models import (
    CreateProject,
    CreateTeam,
    Person,
    Project,
    ProjectConfig,
    Role,
    Team,
    UpdateProject,
    UpdateProjectConfig,
    UpdateTeam,
)
from control_plane.platform.model import Page


async def list_people(
    db: Session,
    *,
    limit: int,
    cursor: UUID | None,
    team_id: UUID | None = None,
    project_id: UUID | None = None,
) -> Page[Person]:
    """The people the caller sees: all, or the members of a team or of a project."""
    return await db.page(
        Person, "list_people", "id", limit=limit, after=cursor, team_id=team_id, project_id=project_id
    )


async def read_person(db: Session, user_id: UUID) -> Person:
    """One person."""
    return await db.one(Person, "read_person", user_id=user_id)


async def set_role(db: Session, user_id: UUID, role: Role) -> Person:
    """Give a person a role."""
    return await db.one(Person, "set_role", user_id=user_id, role=role)


async def set_activation(db: Session, user_id: UUID, *, is_active: bool) -> Person:
    """Let a person in, or out."""
    return await db.one(Person, "set_activation", user_id=user_id, is_active=is_active)


async def create_team(db: Session, team: CreateTeam) -> Team:
    """Create a team; the caller becomes its member."""
    return await db.one(Team, "create_team", name=team.name)


async def list_teams(db: Session, *, limit: int, cursor: UUID | None) -> Page[Team]:
    """The teams the caller sees."""
    return await db.page(Team, "list_teams", "id", limit=limit, after=cursor)


async def read_team(db: Session, team_id: UUID) -> Team:
    """One team."""
    return await db.one(Team, "read_team", team_id=team_id)


async def update_team(db: Session, team_id: UUID, team: UpdateTeam, version: int | None) -> Team:
    """Rename a team, if it has this version."""
    return await db.one(Team, "update_team", team_id=team_id, name=team.name, version=version)


async def delete_team(db: Session, team_id: UUID) -> None:
    """Delete a team without projects."""
    await db.value("delete_team", team_id=team_id)


async def add_team_member(db: Session, team_id: UUID, user_id: UUID) -> None:
    """Let a person into a team."""
    await db.value("add_team_member", team_id=team_id, user_id=user_id)


async def remove_team_member(db: Session, team_id: UUID, user_id: UUID) -> None:
    """Take a person out of a team."""
    await db.value("remove_team_member", team_id=team_id, user_id=user_id)


async def create_project(db: Session, project: CreateProject) -> Project:
    """Create a project; the caller becomes its member."""
    return await db.one(
        Project,
        "create_project",
        name=project.name,
        description=project.description,
        team_id=project.team_id,
    )


async def list_projects(db: Session, *, limit: int, cursor: UUID | None) -> Page[Project]:
    """The projects the caller sees."""
    return await db.page(Project, "list_projects", "id", limit=limit, after=cursor)


async def read_project(db: Session, project_id: UUID) -> Project:
    """One project."""
    return await db.one(Project, "read_project", project_id=project_id)


async def update_project(
    db: Session, project_id: UUID, project: UpdateProject, version: int | None
) -> Project:
    """Change a project, if it has this version."""
    return await db.one(
        Project,
        "update_project",
        project_id=project_id,
        name=project.name,
        description=project.description,
        team_id=project.team_id,
        version=version,
    )


async def delete_project(db: Session, project_id: UUID) -> None:
    """Delete a project in which nothing has happened."""
    await db.value("delete_project", project_id=project_id)


async def read_project_config(db: Session, project_id: UUID) -> ProjectConfig:
    """What tasks of a project get that say nothing themselves."""
    return await db.one(ProjectConfig, "read_project", project_id=project_id)


async def configure_project(
    db: Session, project_id: UUID, config: UpdateProjectConfig, version: int | None
) -> ProjectConfig:
    """Change what tasks of a project get, if the project has this version."""
    return await db.one(
        ProjectConfig,
        "configure_project",
        project_id=project_id,
        default_priority=int(config.default_priority),
        default_max_retries=config.default_max_retries,
        cancel_grace_seconds=config.cancel_grace_seconds,
        ageing_seconds=config.ageing_seconds,
        unknown_kinds=config.unknown_kinds,
        creations_per_minute=config.creations_per_minute,
        version=version,
    )


async def add_project_member(db: Session, project_id: UUID, user_id: UUID) -> None:
    """Let a person into a project."""
    await db.value("add_project_member", project_id=project_id, user_id=user_id)


async def remove_project_member(db: Session, project_id: UUID, user_id: UUID) -> None:
    """Take a person out of a project."""
    await db.value("remove_project_member", project_id=project_id, user_id=user_id)
