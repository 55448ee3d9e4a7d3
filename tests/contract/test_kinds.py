"""The reference of the built-in kinds says what they are."""

from __future__ import annotations

from tests.contract.kinds import page
from tests.docs.repository import ROOT
from tests.support.world import Database


async def test_the_reference_of_kinds_is_what_a_deploy_makes(database: Database) -> None:
    committed = (ROOT / "docs" / "reference" / "kinds.md").read_text()
    assert await page(database.dsn()) == committed, "run `make generate` and read the diff"
