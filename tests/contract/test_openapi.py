"""The API is described, and the description is kept under review."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from control_plane.domains.tasks.claim_models import ClaimedTask
from control_plane.domains.tasks.models import Task
from tests.contract.openapi import document
from tests.support.operations import OPERATIONS

SNAPSHOT = Path(__file__).resolve().parents[2] / "docs" / "reference" / "openapi.json"
METHODS = {"get", "post", "put", "delete", "patch"}


@pytest.fixture(scope="module")
def described() -> dict[str, Any]:
    return json.loads(document())


def operations(described: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, item in described["paths"].items():
        for method, operation in item.items():
            assert method in METHODS
            yield f"{method} {path}", operation


def test_the_kept_document_is_the_one_of_the_code() -> None:
    assert SNAPSHOT.read_text(encoding="utf-8") == document(), "run `make generate` and read the diff"


def test_every_route_has_an_id_a_tag_and_a_sentence(described: dict[str, Any]) -> None:
    ids = [operation["operationId"] for _, operation in operations(described)]
    assert len(ids) == len({*ids}) == len(OPERATIONS)
    for name, operation in operations(described):
        assert re.fullmatch(r"[a-z]+([A-Z][a-z]+)*", operation["operationId"]), name
        assert operation["tags"], name
        assert operation["description"].endswith("."), name


def test_a_route_without_a_credential_says_so(described: dict[str, Any]) -> None:
    public = {o["operationId"] for _, o in operations(described) if o.get("security") == []}
    assert public == {operation.id for operation in OPERATIONS if operation.who == "nobody"}
    assert described["security"] == [{"bearer": []}]


def test_refusals_are_described_as_problems(described: dict[str, Any]) -> None:
    for name, operation in operations(described):
        refused = operation["responses"]["4XX"]["content"]
        assert [*refused] == ["application/problem+json"], name
    assert {"status", "code", "detail", "request_id"} <= {
        *described["components"]["schemas"]["Problem"]["required"]
    }


def test_every_reference_leads_somewhere_and_everything_is_used(described: dict[str, Any]) -> None:
    text = json.dumps(described)
    named = {*re.findall(r'"#/components/schemas/([^"]+)"', text)}
    assert named == {*described["components"]["schemas"]}


def test_a_body_is_described_as_it_is_sent(described: dict[str, Any]) -> None:
    schemas = described["components"]["schemas"]
    assert schemas["Task"]["properties"]["priority"]["enum"] == ["CRITICAL", "HIGH", "MEDIUM", "LOW"]
    assert schemas["Task"]["properties"]["progress"]["type"] == "number"
    assert schemas["ChargeOutcome"]["properties"]["remaining"]["type"] == "string"
    assert {*schemas["Task"]["required"]} == {*Task.model_fields}
    assert {*schemas["ClaimedTask"]["required"]} == {*ClaimedTask.model_fields}
    assert schemas["CreateTask"]["additionalProperties"] is False
    assert {tuple(kind) for kind in map(dict.keys, schemas["NewTasks"]["anyOf"])} == {
        ("$ref",),
        ("items", "maxItems", "minItems", "type"),
    }


def test_keys_make_posts_safe_to_repeat(described: dict[str, Any]) -> None:
    keyed = {
        operation["operationId"]
        for _, operation in operations(described)
        if any(parameter["name"] == "Idempotency-Key" for parameter in operation.get("parameters", []))
    }
    assert keyed == {operation.id for operation in OPERATIONS if operation.keyed}
