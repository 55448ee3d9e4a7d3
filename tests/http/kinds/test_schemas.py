"""Which schemas are taken, and what they say of a value."""

from __future__ import annotations

import time
from typing import Any

import pytest

from control_plane.domains.kinds.schemas import MOST_COMPLAINTS, Schema, SchemaError


def pointers(schema: dict[str, Any], value: dict[str, Any]) -> list[str]:
    return [complaint.pointer for complaint in Schema(schema).complaints(value)]


@pytest.mark.parametrize(
    ("schema", "why"),
    [
        ({"type": "strin"}, "not valid"),
        ({"pattern": "("}, "regex"),
        ({"$schema": "http://json-schema.org/draft-07/schema#"}, "2020-12"),
        ({"$ref": "https://example.test/schema.json"}, "in the schema itself"),
        ({"$ref": "file:///etc/passwd"}, "in the schema itself"),
        ({"properties": {"a": {"$ref": "other.json"}}}, "in the schema itself"),
        ({"$id": "https://example.test/", "items": {"$id": "other", "$ref": "#"}}, "at the top only"),
        ({"$dynamicRef": "#a"}, "$dynamicRef"),
        ({"$ref": "#/$defs/nothing"}, "no such place"),
        ({"$ref": "#"}, "to itself"),
        (
            {
                "$ref": "#/$defs/a",
                "$defs": {"a": {"items": {"$ref": "#/$defs/b"}}, "b": {"not": {"$ref": "#"}}},
            },
            "to itself",
        ),
    ],
    ids=[
        "type",
        "pattern",
        "dialect",
        "remote",
        "file",
        "beside",
        "base",
        "dynamic",
        "nowhere",
        "itself",
        "circle",
    ],
)
def test_a_schema_that_is_broken_or_looks_elsewhere_is_refused(schema: dict[str, Any], why: str) -> None:
    with pytest.raises(SchemaError, match=why.replace("$", "[$]")):
        Schema(schema)


def test_a_property_may_be_named_like_a_keyword() -> None:
    schema = {
        "properties": {"$ref": {"type": "string"}, "$id": {"type": "string"}, "$anchor": {"type": "string"}}
    }
    assert pointers(schema, {"$ref": "x", "$id": "y", "$anchor": 7}) == ["/$anchor"]


def test_every_complaint_names_its_place_and_repeats_no_value() -> None:
    schema = {
        "required": ["name"],
        "additionalProperties": False,
        "$defs": {"when": {"type": "string", "format": "date-time"}},
        "properties": {
            "a/b~c": {"type": "array", "items": {"type": "integer"}},
            "at": {"$ref": "#/$defs/when"},
            "id": {"type": "string", "format": "uuid"},
        },
    }
    complaints = Schema(schema).complaints({"a/b~c": [1, "hunter2"], "at": "soon", "id": "hunter2"})
    assert {complaint.pointer for complaint in complaints} == {"", "/a~1b~0c/1", "/at", "/id"}
    assert not [complaint for complaint in complaints if "hunter2" in complaint.message]


def test_of_many_complaints_the_first_are_told() -> None:
    value = {"n": ["x"] * 50}
    assert len(pointers({"properties": {"n": {"items": {"type": "integer"}}}}, value)) == MOST_COMPLAINTS


def test_a_schema_cannot_grow_out_of_its_references() -> None:
    doubling: dict[str, Any] = {
        f"a{n}": {"allOf": [{"$ref": f"#/$defs/a{n + 1}"}, {"$ref": f"#/$defs/a{n + 1}"}]} for n in range(40)
    }
    with pytest.raises(SchemaError, match="too large"):
        Schema({"$ref": "#/$defs/a0", "$defs": {**doubling, "a40": {"type": "object"}}})


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"items": {"allOf": [{"not": {"const": n}} for n in range(4000)]}}, [-1] * 5_000),
        ({"items": {"type": "string"}}, list(range(60_000))),
        ({"items": {"pattern": "^(a+)+$"}}, ["a" * 200_000 + "b"]),
        ({"items": {"pattern": "^(?=(a|aa)+$)(a|aa)+c$"}}, ["a" * 200_000 + "b"]),
        ({"items": {"pattern": "(a{0,20}){0,20}b$"}}, ["a" * 200_000]),
    ],
    ids=["product", "complaints", "nested", "looking ahead", "counted"],
)
def test_no_schema_keeps_the_process_for_long(schema: dict[str, Any], value: list[Any]) -> None:
    wrapped = Schema({"properties": {"v": schema}})
    began = time.process_time()
    assert wrapped.complaints({"v": value})
    # What the worst of them takes without a bound is minutes.
    assert time.process_time() - began < 3
