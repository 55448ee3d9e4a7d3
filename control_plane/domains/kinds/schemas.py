"""JSON Schemas of kinds: which are taken, and what is wrong with a value."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, cast

import jsonschema_rs

from control_plane.platform.model import Json

DIALECT = "https://json-schema.org/draft/2020-12/schema"
MOST_COMPLAINTS = 20
# A schema is another tenant's program that runs in this process. All it may do to a value is bounded by the
# values of the schema, its references followed, times those of the value.
_MOST_PARTS = 20_000
_MOST_WORK = 2_000_000
# The library builds every complaint before the first is seen: beyond this, one has to do.
_MOST_WORK_FOR_ALL = 20_000
# Patterns run in linear time, apart from those that look around: these give up.
_PATTERNS = jsonschema_rs.FancyRegexOptions(
    backtrack_limit=10_000, size_limit=500_000, dfa_size_limit=1_000_000
)
# What would take a reference elsewhere than its text says.
_ELSEWHERE = ("$anchor", "$dynamicAnchor", "$dynamicRef", "$recursiveRef")


class SchemaError(ValueError):
    """A schema that is not taken, and why."""


@dataclass(frozen=True)
class Complaint:
    """What is wrong at one place of a value, named by a JSON pointer; the value is not repeated."""

    pointer: str
    message: str


class Schema:
    """A compiled schema. Raises SchemaError for one that is not taken."""

    def __init__(self, schema: Json) -> None:
        self._parts = _parts(schema)
        try:
            self._validator = jsonschema_rs.Draft202012Validator(
                schema, validate_formats=True, offline=True, mask="it", pattern_options=_PATTERNS
            )
        except (jsonschema_rs.ValidationError, ValueError) as exc:
            raise SchemaError(str(exc).partition("\n")[0]) from exc

    def complaints(self, value: Json) -> list[Complaint]:
        """What is wrong with a value; of many complaints the first."""
        work = self._parts * _count(value)
        if work > _MOST_WORK:
            return [Complaint("", "it is too large for its schema to be checked")]
        if self._validator.is_valid(value):
            return []
        if work > _MOST_WORK_FOR_ALL:
            return [_complaint(self._first(value))]
        return [_complaint(error) for error in islice(self._validator.iter_errors(value), MOST_COMPLAINTS)]

    def _first(self, value: Json) -> jsonschema_rs.ValidationError:
        try:
            self._validator.validate(value)
        except jsonschema_rs.ValidationError as exc:
            return exc
        raise AssertionError("a value that is not valid has a complaint")


def _complaint(error: jsonschema_rs.ValidationError) -> Complaint:
    path = "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in error.instance_path)
    return Complaint(path, error.message[:500])


def _count(value: object) -> int:
    """How many JSON values there are in a value, itself included; a long text counts for more."""
    total, left = 0, [value]
    while left:
        part = left.pop()
        total += 1 + (len(part) // 64 if isinstance(part, str) else 0)
        left.extend(_members(part))
    return total


def _members(value: object) -> Iterator[object]:
    if isinstance(value, dict):
        yield from cast("dict[str, object]", value).values()
    elif isinstance(value, list):
        yield from cast("list[object]", value)


def _parts(root: Json) -> int:
    """How many values a schema has with its references followed: a bound for what it does to one value."""
    if root.get("$schema", DIALECT) != DIALECT:
        raise SchemaError(f"$schema: it is {DIALECT}, or left out")
    known: dict[int, int] = {}
    within: set[int] = set()

    def count(part: object) -> int:
        if not isinstance(part, dict | list):
            return 1
        part = cast("object", part)
        place = id(part)
        if place in within:
            raise SchemaError("$ref: a schema may not refer to itself")
        if place not in known:
            within.add(place)
            known[place] = 1 + sum(map(count, _members(part))) + sum(map(count, _referred(root, part)))
            within.discard(place)
            if known[place] > _MOST_PARTS:
                raise SchemaError("it is too large once its references are followed")
        return known[place]

    return count(root)


def _referred(root: Json, part: object) -> Iterator[object]:
    if not isinstance(part, dict):
        return
    members = cast("dict[str, object]", part)
    for name in _ELSEWHERE:
        if isinstance(members.get(name), str):
            raise SchemaError(f"{name}: it is not taken; refer by $ref to a place in the schema")
    if part is not root and isinstance(members.get("$id"), str):
        raise SchemaError("$id: it is taken at the top only")
    reference = members.get("$ref")
    if isinstance(reference, str):
        yield _place(root, reference)


def _place(root: Json, reference: str) -> object:
    """What a reference stands for: `#` or `#/$defs/name`, never another document."""
    if reference != "#" and not reference.startswith("#/"):
        raise SchemaError("$ref: it names a place in the schema itself, like #/$defs/name")
    found: Any = root
    for step in reference.split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        if not isinstance(found, dict) or name not in found:
            raise SchemaError("$ref: there is no such place in the schema")
        found = cast("dict[str, object]", found)[name]
    return found
