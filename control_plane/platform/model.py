"""What the rows and bodies of all domains are made of."""

from __future__ import annotations

from decimal import Decimal
from enum import IntEnum
from typing import Annotated, Any, Generic, TypeVar, cast

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    WithJsonSchema,
)


class Model(BaseModel):
    """A row that SQL returns and the body that HTTP sends."""

    model_config = ConfigDict(frozen=True)


class Body(BaseModel):
    """What a caller sends: nothing that we do not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


Item = TypeVar("Item")


class Page(Model, Generic[Item]):
    """One page of a list; `next_cursor` asks for the next one, null at the end."""

    items: list[Item]
    next_cursor: str | None


Usd = Annotated[
    Decimal,
    PlainSerializer(lambda amount: format(amount, "f"), return_type=str),
    WithJsonSchema({"type": "string", "format": "decimal", "examples": ["0.25"]}),
]
"""US dollars: exact in Python, a decimal string in JSON."""

Amount = Annotated[Usd, Field(gt=0, lt=10**12, max_digits=18, decimal_places=6, allow_inf_nan=False)]
"""An amount that can be booked: above zero, at most six places."""

Capability = Annotated[str, Field(min_length=1, max_length=100)]
"""Something that an agent can do and a task may require."""

TimeoutSeconds = Annotated[int, Field(ge=1, le=604_800, description="How long one attempt may take.")]
"""The time limit of a task."""

ConcurrencyKey = Annotated[str, Field(min_length=1, max_length=200, examples=["acme/shop"])]
"""What a task shares with those that limits count together with it."""

Criteria = Annotated[list[Annotated[str, Field(min_length=1, max_length=2000)]], Field(max_length=30)]
"""When a task is done well: a sentence each."""


class ExpectedArtifact(Body):
    """A file that a task owes."""

    name: Annotated[str, Field(min_length=1, max_length=255, examples=["report.html"])]
    media_type: Annotated[str | None, Field(max_length=200)] = None
    description: Annotated[str | None, Field(max_length=500)] = None


Artifacts = Annotated[list[ExpectedArtifact], Field(max_length=20)]
"""The files that a task owes."""


_JSON_LEVELS = 100


def _plain(value: dict[str, Any]) -> dict[str, Any]:
    return {name: _plain_value(member, _JSON_LEVELS - 1) for name, member in value.items()}


def _plain_value(value: object, levels: int) -> object:
    if levels == 0:
        raise ValueError(f"it is nested deeper than {_JSON_LEVELS} levels")
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, dict):
        members = cast("dict[str, object]", value).items()
        return {name: _plain_value(member, levels - 1) for name, member in members}
    if isinstance(value, list):
        return [_plain_value(item, levels - 1) for item in cast("list[object]", value)]
    return value


Json = Annotated[dict[str, Any], AfterValidator(_plain)]
"""A JSON object that is not ours to read: its numbers stay numbers, and it is not nested without end."""

AnyJson = Annotated[Any, AfterValidator(lambda value: _plain_value(value, _JSON_LEVELS))]
"""Any JSON that is not ours to read."""


LeaseToken = Annotated[int, Field(ge=1, lt=2**63)]
"""The fencing token of a lease."""


class Priority(IntEnum):
    """How urgent a task is: SQL stores the number, the API speaks the name."""

    CRITICAL = 1
    HIGH = 2
    MEDIUM = 3
    LOW = 4


def _priority(value: object) -> object:
    if isinstance(value, str) and value in Priority.__members__:
        return Priority[value]
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise ValueError(f"one of {', '.join(Priority.__members__)}")


PriorityName = Annotated[
    Priority,
    BeforeValidator(_priority),
    PlainSerializer(lambda priority: priority.name, return_type=str),
    WithJsonSchema({"type": "string", "enum": list(Priority.__members__)}),
]
