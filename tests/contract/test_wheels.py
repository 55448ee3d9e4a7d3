"""What `pip install` would bring: both wheels, built from this tree."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def build(folder: str, target: Path) -> set[str]:
    """Build a wheel without any network and list what is in it."""
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(target), folder]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    [wheel] = target.glob("*.whl")
    return set(zipfile.ZipFile(wheel).namelist())


@pytest.fixture(scope="module")
def control_plane(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    return build(".", tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def sdk(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    return build("sdk", tmp_path_factory.mktemp("wheel"))


def test_the_control_plane_brings_all_of_its_sql(control_plane: set[str]) -> None:
    sql = {path.relative_to(ROOT / "sql").as_posix() for path in (ROOT / "sql").rglob("*.sql")}
    assert sql
    assert {f"control_plane/_sql/{name}" for name in sql} <= control_plane


def test_each_wheel_holds_its_package_and_nothing_else(control_plane: set[str], sdk: set[str]) -> None:
    tops = [{name.split("/")[0] for name in names} for names in (control_plane, sdk)]
    assert tops == [
        {"control_plane", "devos_control_plane-0.1.0.dist-info"},
        {"devos_sdk", "devos_sdk-0.1.0.dist-info"},
    ]
    assert "devos_sdk/py.typed" in sdk


def test_each_wheel_brings_its_licence(control_plane: set[str], sdk: set[str]) -> None:
    assert "devos_control_plane-0.1.0.dist-info/licenses/LICENSE" in control_plane
    assert "devos_sdk-0.1.0.dist-info/licenses/LICENSE" in sdk
