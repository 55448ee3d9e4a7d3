"""The dump in the repository is what a deploy makes."""

from __future__ import annotations

from control_plane.platform.paths import sql_dir
from tests.contract.schema import schema
from tests.support.world import Database


def test_a_deploy_from_nothing_equals_schema_sql(database: Database) -> None:
    committed = (sql_dir() / "schema.sql").read_text()
    assert schema(database.cluster, database.name) == committed, "run `make generate` and read the diff"
