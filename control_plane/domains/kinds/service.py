"""Holding inputs and results against their kinds, with the schemas kept compiled for some seconds."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Generic, TypeVar
from uuid import UUID

from control_plane.db.pool import Database
from control_plane.db.session import Session
from control_plane.domains.kinds import queries
from control_plane.domains.kinds.models import Kind, KindComplaint, KindExample, KindVerdict, SetKind
from control_plane.domains.kinds.schemas import MOST_COMPLAINTS, Complaint, Schema, SchemaError
from control_plane.http.credentials import Token
from control_plane.platform.errors import DomainError
from control_plane.platform.model import Json

# A kind that is changed in another process counts here after this long; one that is changed here, at once.
_FRESH_SECONDS = 5.0
_MOST_KEPT = 2_000
# So long may a batch be checked before somebody else has a turn.
_TURN_SECONDS = 0.02

_KindName = tuple[UUID, str]
_Asked = TypeVar("_Asked")
_Answer = TypeVar("_Answer")


@dataclass(frozen=True)
class _Schemas:
    input: Schema | None = None
    output: Schema | None = None


class _Kept(Generic[_Asked, _Answer]):
    """Answers that are asked for again after some seconds."""

    def __init__(self, ask: Callable[[Sequence[_Asked]], Awaitable[dict[_Asked, _Answer]]]) -> None:
        self._ask = ask
        self._answers: dict[_Asked, tuple[float, _Answer]] = {}

    async def of(self, wanted: Iterable[_Asked]) -> dict[_Asked, _Answer]:
        now = time.monotonic()
        names = set(wanted)
        found = {name: kept[1] for name in names if (kept := self._answers.get(name)) and kept[0] > now}
        if missing := [*(names - found.keys())]:
            new = await self._ask(missing)
            if len(self._answers) + len(new) > _MOST_KEPT:
                self._answers.clear()
            self._answers |= {name: (now + _FRESH_SECONDS, answer) for name, answer in new.items()}
            found |= new
        return found

    def forget(self) -> None:
        self._answers.clear()


class KindChecks:
    """What the kinds of projects say of inputs and results."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._schemas = _Kept(self._read_schemas)
        self._owing = _Kept(self._read_owing)

    async def check_inputs(self, items: Sequence[tuple[UUID, str, Json]]) -> list[dict[str, object]]:
        """What is wrong with the inputs of new tasks (project, kind, input): {index, pointer, message}."""
        schemas = await self._schemas.of((project_id, kind) for project_id, kind, _ in items)
        told: list[dict[str, object]] = []
        turn = _Turn()
        for index, (project_id, kind, value) in enumerate(items):
            schema = schemas[project_id, kind].input
            if schema is not None:
                told.extend({"index": index, **asdict(found)} for found in schema.complaints(value))
                await turn.passes()
            if len(told) >= MOST_COMPLAINTS:
                break
        return told[:MOST_COMPLAINTS]

    async def check_outputs(self, key: Token, outputs: Sequence[tuple[UUID, Json]]) -> dict[UUID, str]:
        """What is wrong with results (task, output) of the agent of a key: a sentence for each bad one."""
        if not (await self._owing.of([key]))[key]:
            return {}
        kinds = await queries.held_kinds(self._database, key, [task_id for task_id, _ in outputs])
        schemas = await self._schemas.of(kinds.values())
        told: dict[UUID, str] = {}
        turn = _Turn()
        for task_id, value in outputs:
            schema = schemas[kinds[task_id]].output if task_id in kinds else None
            if schema is not None and (complaints := schema.complaints(value)):
                told[task_id] = sentence("The result", complaints)
            await turn.passes()
        return told

    def forget(self) -> None:
        """A kind was changed in this process."""
        self._schemas.forget()
        self._owing.forget()

    async def _read_schemas(self, names: Sequence[_KindName]) -> dict[_KindName, _Schemas]:
        stored = await queries.kind_schemas(self._database, names)
        compiled = {name: _Schemas(*map(_kept_schema, both)) for name, both in stored.items()}
        return {name: compiled.get(name, _Schemas()) for name in names}

    async def _read_owing(self, keys: Sequence[Token]) -> dict[Token, bool]:
        return {key: await queries.owes_outputs(self._database, key) for key in keys}


class _Turn:
    """Lets others have a go when a batch takes long."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    async def passes(self) -> None:
        if time.monotonic() - self._began > _TURN_SECONDS:
            await asyncio.sleep(0)
            self._began = time.monotonic()


def sentence(what: str, complaints: Sequence[Complaint]) -> str:
    """Complaints in words."""
    return f"{what} does not fit its kind: " + "; ".join(
        f"{c.pointer or '/'}: {c.message}" for c in complaints
    )


async def set_kind(
    db: Session, checks: KindChecks, project_id: UUID, name: str, kind: SetKind, version: int | None
) -> Kind:
    """Say what a kind is. 422 invalid_schema for a schema that is not taken."""
    for field, schema in (("input_schema", kind.input_schema), ("output_schema", kind.output_schema)):
        _compiled(field, schema)
    stored = await queries.set_kind(db, project_id, name, kind, version)
    checks.forget()
    return stored


async def delete_kind(db: Session, checks: KindChecks, project_id: UUID, name: str) -> None:
    """Forget a project's own kind."""
    await queries.delete_kind(db, project_id, name)
    checks.forget()


async def validate(db: Session, project_id: UUID, name: str, example: KindExample) -> KindVerdict:
    """Hold an example against a kind, as creation and completion would."""
    kind = await queries.read_kind(db, project_id, name)
    errors: list[KindComplaint] = []
    for field, schema, value in (
        ("input", _compiled("input_schema", kind.input_schema), example.input),
        ("output", _compiled("output_schema", kind.output_schema), example.output),
    ):
        if schema is not None and value is not None:
            errors += [
                KindComplaint.model_validate({"field": field, **asdict(c)}) for c in schema.complaints(value)
            ]
    return KindVerdict(fits=not errors, errors=errors)


def _compiled(field: str, schema: Json | None) -> Schema | None:
    try:
        return None if schema is None else Schema(schema)
    except SchemaError as exc:
        raise DomainError(
            422,
            "invalid_schema",
            f"{field}: {exc}"[:1000],
            "Send JSON Schema 2020-12 that refers to nothing outside of itself.",
        ) from exc


def _kept_schema(schema: Json | None) -> Schema | None:
    # Written past this API: it says nothing that could be checked, and whoever reads the kind is told.
    try:
        return None if schema is None else Schema(schema)
    except SchemaError:
        return None
