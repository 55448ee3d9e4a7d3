"""docs/features.md keeps every promise in view: none is dropped, and a done one names its proof."""

import re

from tests.docs.repository import ROOT

AREAS = {"T": 19, "B": 11, "A": 8, "W": 11, "G": 17, "R": 7, "K": 8, "C": 11, "S": 19, "X": 16}
ROW = re.compile(r"^\| ([A-Z]\d+) \|(.+)\|$", re.MULTILINE)


def rows() -> list[tuple[str, list[str]]]:
    text = (ROOT / "docs" / "features.md").read_text()
    return [(name, [cell.strip() for cell in rest.split("|")]) for name, rest in ROW.findall(text)]


def test_every_feature_is_listed_once_and_in_order() -> None:
    expected = [f"{area}{number}" for area, last in AREAS.items() for number in range(1, last + 1)]
    assert [name for name, _ in rows()] == expected


def test_every_row_has_a_state() -> None:
    assert [
        name for name, cells in rows() if len(cells) != 5 or cells[2] not in {"done", "part", "open"}
    ] == []


def test_what_is_built_names_its_place_and_a_test_that_exists() -> None:
    unproven: list[str] = []
    for name, (_, _, state, where, shown_by) in rows():
        tests = re.findall(r"`([^`]+)`", shown_by)
        files_exist = tests and all((ROOT / test.split("::")[0]).exists() for test in tests)
        if (state == "open") == bool(where) or (state != "open" and not files_exist):
            unproven.append(name)
    assert unproven == []
