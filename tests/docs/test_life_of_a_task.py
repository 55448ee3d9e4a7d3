"""The page about the life of a task names each move that the database allows, and no other."""

from __future__ import annotations

import re

from tests.docs.repository import ROOT
from tests.support.world import World

PAGE = ROOT / "docs" / "explanation" / "life-of-a-task.md"
ROW = re.compile(r"^\| (?:`(\w+)`)? ?\| `(\w+)` \| [^|]+ \| `(task\.\w+)` \| ([^|]*?) ?\|$", re.MULTILINE)


async def test_every_move_of_the_page_is_allowed_and_every_other_move_is_for_gates(world: World) -> None:
    rows = await world.owner.fetch(
        "select coalesce(from_state, '') as before, to_state as after from public.state_transitions"
        " where machine = 'task'"
    )
    allowed = {(row["before"], row["after"]) for row in rows}
    told = {(before, after) for before, after, _, _ in ROW.findall(PAGE.read_text())}
    assert told <= allowed
    rest = allowed - told
    assert all("needs_qa" in move for move in rest), rest


async def test_every_ending_of_an_attempt_is_on_the_page(world: World) -> None:
    (row,) = await world.owner.fetch("select enum_range(null::public.attempt_outcome)::text[] as outcomes")
    endings = {ending.strip("`") for *_, ending in ROW.findall(PAGE.read_text()) if ending.startswith("`")}
    assert endings == {*row["outcomes"]}
