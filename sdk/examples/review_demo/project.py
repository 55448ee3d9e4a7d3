"""Makes a small real git repository: a parcel price calculator whose tests pass on main, and a feature branch
with honest faults: an off-by-one that its own test finds, an unused import, a bare except, a mutable default.
"""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

BASE_BRANCH = "main"
FEATURE_BRANCH = "feature/bulk-discount"
TITLE = "Give a discount from ten parcels on"

_MAIN = {
    "README.md": """\
# {name}

What it costs to send a parcel.

    python -m parcels.quote 1200 10115
""",
    "pyproject.toml": """\
[project]
name = "parcels"
version = "1.4.0"

[tool.pytest.ini_options]
pythonpath = ["."]
testpaths = ["tests"]
""",
    "parcels/__init__.py": '"""Prices for parcels."""\n',
    "parcels/zones.py": '''\
"""Which zone a postcode lies in."""

_ISLANDS = ("18565", "25849", "26465", "27498")


def zone_of(postcode: str) -> str:
    """The zone of a German postcode; anything else is abroad."""
    if len(postcode) != 5 or not postcode.isdigit():
        return "abroad"
    if postcode in _ISLANDS:
        return "island"
    return "local" if postcode.startswith("1") else "national"
''',
    "parcels/rates.py": '''\
"""What one parcel costs, by weight and zone."""

from decimal import Decimal

BASE = {
    "local": Decimal("3.20"),
    "national": Decimal("4.10"),
    "island": Decimal("9.80"),
    "abroad": Decimal("13.50"),
}
PER_STARTED_KILO = Decimal("0.85")
MOST_GRAMS = 31_500


def price_of(grams: int, zone: str) -> Decimal:
    """The price of one parcel: a base for its zone, and so much for each started kilo."""
    if not 0 < grams <= MOST_GRAMS:
        raise ValueError(f"a parcel weighs from 1 to {MOST_GRAMS} g, not {grams}")
    kilos = -(-grams // 1000)
    return BASE[zone] + kilos * PER_STARTED_KILO
''',
    "parcels/labels.py": '''\
"""The line that is printed on a parcel."""

from parcels.zones import zone_of


def label(postcode: str, reference: str) -> str:
    """Zone, postcode and reference, as the sorting machine reads them."""
    return f"{zone_of(postcode)[0].upper()} {postcode} {reference.strip().upper()}"
''',
    "parcels/quote.py": '''\
"""The price of a whole shipment."""

import sys
from dataclasses import dataclass
from decimal import Decimal

from parcels.rates import price_of
from parcels.zones import zone_of


@dataclass(frozen=True)
class Parcel:
    """What is sent, and where to."""

    grams: int
    postcode: str


def quote(parcels: list[Parcel]) -> Decimal:
    """The sum of all parcels."""
    return sum((price_of(p.grams, zone_of(p.postcode)) for p in parcels), Decimal(0))


if __name__ == "__main__":
    print(quote([Parcel(int(sys.argv[1]), sys.argv[2])]))
''',
    "tests/test_rates.py": """\
from decimal import Decimal

import pytest

from parcels.rates import BASE, MOST_GRAMS, PER_STARTED_KILO, price_of


def test_a_started_kilo_counts_whole():
    assert price_of(1000, "local") == Decimal("4.05")
    assert price_of(1001, "local") == Decimal("4.90")


@pytest.mark.parametrize("zone", BASE)
def test_no_gram_makes_a_parcel_cheaper(zone):
    steps = set()
    before = price_of(1, zone)
    for grams in range(2, MOST_GRAMS + 1):
        price = price_of(grams, zone)
        assert price >= before, f"{grams} g is cheaper than {grams - 1} g"
        steps.add(price - before)
        before = price
    assert steps == {Decimal(0), PER_STARTED_KILO}


@pytest.mark.parametrize("grams", [0, -1, MOST_GRAMS + 1])
def test_an_impossible_weight_is_refused(grams):
    with pytest.raises(ValueError):
        price_of(grams, "local")
""",
    "tests/test_quote.py": """\
from decimal import Decimal

import pytest

from parcels.labels import label
from parcels.quote import Parcel, quote
from parcels.rates import MOST_GRAMS, price_of
from parcels.zones import zone_of


def test_a_shipment_costs_the_sum_of_its_parcels():
    assert quote([Parcel(800, "10115"), Parcel(2500, "80331")]) == Decimal("10.70")


@pytest.mark.parametrize("postcode", ["10115", "80331", "1011 AB"])
def test_one_parcel_costs_its_rate_whatever_it_weighs(postcode):
    for grams in range(1, MOST_GRAMS + 1):
        assert quote([Parcel(grams, postcode)]) == price_of(grams, zone_of(postcode))


def test_a_label_begins_with_its_zone():
    assert label("18565", " ab-7 ") == "I 18565 AB-7"
""",
}

_FEATURE = {
    "parcels/discounts.py": '''\
"""Discounts for those who send a lot."""

from decimal import ROUND_HALF_UP, Decimal

BULK_FROM = 10
BULK_RATE = Decimal("0.10")


def bulk_discount(count: int) -> Decimal:
    """The share that is taken off: a tenth from ten parcels on."""
    if count > BULK_FROM:
        return BULK_RATE
    return Decimal(0)


def discounted(total: Decimal, count: int) -> Decimal:
    """The total less the discount, in whole cents."""
    return (total * (1 - bulk_discount(count))).quantize(Decimal("0.01"), ROUND_HALF_UP)
''',
    "parcels/quote.py": _MAIN["parcels/quote.py"]
    .replace(
        "from parcels.rates import price_of\n",
        "from parcels.discounts import discounted\nfrom parcels.rates import price_of\n",
    )
    .replace(
        '''\
def quote(parcels: list[Parcel]) -> Decimal:
    """The sum of all parcels."""
    return sum((price_of(p.grams, zone_of(p.postcode)) for p in parcels), Decimal(0))
''',
        '''\
FERRY = Decimal("2.40")


def quote(parcels: list[Parcel], surcharges: list[Decimal] = []) -> Decimal:
    """The sum of all parcels and surcharges, less the discount for many."""
    if any(zone_of(p.postcode) == "island" for p in parcels):
        surcharges.append(FERRY)
    total = sum((price_of(p.grams, zone_of(p.postcode)) for p in parcels), Decimal(0))
    return discounted(total + sum(surcharges), len(parcels))
''',
    ),
    "parcels/rates.py": _MAIN["parcels/rates.py"].replace(
        "from decimal import Decimal\n", "import math\nfrom decimal import Decimal\n"
    ),
    "parcels/labels.py": _MAIN["parcels/labels.py"]
    + '''

def reference_number(reference: str) -> int:
    """The digits at the end of a reference, 0 without any; bulk senders count their parcels with it."""
    try:
        return int(reference.rsplit("-", 1)[1])
    except:
        return 0
''',
    "tests/test_discounts.py": """\
from decimal import Decimal

import pytest

from parcels.discounts import bulk_discount, discounted
from parcels.labels import reference_number


@pytest.mark.parametrize("count", [0, 1, 9])
def test_a_few_parcels_cost_their_full_price(count):
    assert bulk_discount(count) == 0


def test_ten_parcels_are_many():
    assert bulk_discount(10) == Decimal("0.10")


def test_the_discount_is_rounded_to_cents():
    assert discounted(Decimal("10.05"), 11) == Decimal("9.05")


def test_a_reference_without_number_counts_as_nought():
    assert (reference_number("AB-17"), reference_number("AB")) == (17, 0)
""",
}


@dataclass(frozen=True)
class Project:
    """The repository and the two commits that a pull request names."""

    folder: Path
    name: str
    base_sha: str
    head_sha: str

    @property
    def clone_url(self) -> str:
        return self.folder.as_uri()


# What the review finds in the branch: place and rule.
PLANTED = {
    ("parcels/labels.py", "E722"),
    ("parcels/quote.py", "B006"),
    ("parcels/rates.py", "F401"),
}
FAILING_TEST = "tests/test_discounts.py::test_ten_parcels_are_many"
CHANGED_FILES = sorted(_FEATURE)


def make_project(folder: Path, name: str) -> Project:
    """Write the repository `owner/name` into a new folder."""
    folder.mkdir(parents=True)
    _git(folder, "init", "--quiet", f"--initial-branch={BASE_BRANCH}")
    base = _commit(folder, name, _MAIN, "Price parcels by weight and zone", "2026-03-02T09:00:00Z")
    _git(folder, "checkout", "--quiet", "-b", FEATURE_BRANCH)
    head = _commit(folder, name, _FEATURE, TITLE, "2026-03-05T16:20:00Z")
    _git(folder, "checkout", "--quiet", BASE_BRANCH)
    return Project(folder, name, base, head)


def _commit(folder: Path, name: str, files: dict[str, str], message: str, date: str) -> str:
    for path, text in files.items():
        target = folder / path
        target.parent.mkdir(exist_ok=True)
        target.write_text(text.replace("{name}", name) if path == "README.md" else text, encoding="utf-8")
    _git(folder, "add", "--all")
    _git(folder, "commit", "--quiet", "--message", message, date=date)
    return _git(folder, "rev-parse", "HEAD")


def _git(folder: Path, *arguments: str, date: str = "2026-03-01T00:00:00Z") -> str:
    """Git without the settings of whoever runs this."""
    who = {"NAME": "Ada Parcel", "EMAIL": "ada@example.com", "DATE": date}
    env = {f"GIT_{role}_{what}": value for role in ("AUTHOR", "COMMITTER") for what, value in who.items()}
    env |= {"PATH": os.environ.get("PATH", os.defpath), "GIT_CONFIG_NOSYSTEM": "1"}
    env |= {"GIT_CONFIG_GLOBAL": os.devnull}
    command = ["git", "-C", str(folder), "-c", "core.hooksPath=/dev/null", *arguments]
    return subprocess.run(command, env=env, check=True, capture_output=True, text=True).stdout.strip()
