"""Links between pages lead somewhere."""

import re
from pathlib import Path

import pytest

from tests.docs.repository import ROOT, pages

FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def links(text: str) -> list[str]:
    """The relative links of a page, code left out."""
    return [
        link
        for link in LINK.findall(re.sub(r"`[^`\n]*`", "", FENCE.sub("", text)))
        if not re.match(r"[a-z]+:", link)
    ]


def anchors(page: Path) -> set[str]:
    """The places of a page that a link can name, as GitHub and the usual site builders do."""
    headings = HEADING.findall(FENCE.sub("", page.read_text()))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def broken(page: Path) -> list[str]:
    """The links of a page that lead nowhere."""
    missing: list[str] = []
    for link in links(page.read_text()):
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        if not target.exists() or (anchor and target.suffix == ".md" and anchor not in anchors(target)):
            missing.append(link)
    return missing


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    assert broken(page) == []


def test_a_broken_link_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "# A page, with words\n[here](#a-page-with-words) [gone](#no) [self](page.md) [lost](lost.md)\n"
        "`[code](code.md)`\n```\n[fenced](fenced.md)\n```\n[out](https://example.org)\n"
    )
    assert broken(page) == ["#no", "lost.md"]


def test_every_page_of_docs_is_reached_from_its_index() -> None:
    docs = ROOT / "docs"
    reached: set[Path] = set()
    waiting = [docs / "index.md"]
    while waiting:
        page = waiting.pop()
        reached.add(page)
        targets = {(page.parent / link.partition("#")[0]).resolve() for link in links(page.read_text())}
        waiting += [t for t in targets if t.suffix == ".md" and t.is_file() and t not in reached]
    assert [str(p.relative_to(ROOT)) for p in pages() if p.is_relative_to(docs) and p not in reached] == []
