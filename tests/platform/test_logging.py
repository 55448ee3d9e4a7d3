from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

import pytest
import structlog
from pydantic import SecretStr

from control_plane.platform.logging import MASK, configure_logging
from control_plane.platform.secrets import jwt_private_key
from control_plane.platform.settings import Settings

WEBHOOK_SECRET = "9f2c4b7d1e8a6053c4d2"
CANARY = "Canary0Canary0Canary0"

Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def lines(tmp_path: Path) -> Iterator[Lines]:
    """The log of this process goes to a file; the lines that are in it."""
    root = logging.getLogger()
    before = (root.handlers[:], root.level)
    root.handlers = []
    settings = Settings(
        data=tmp_path,
        github_webhook_secret=SecretStr(WEBHOOK_SECRET),
        database_url=SecretStr(f"postgresql://devos_login:{CANARY}@db/devos"),
        log_level="debug",
    )
    configure_logging(settings, file="devos.log", terminal=False)
    file = tmp_path / "logs" / "devos.log"
    yield lambda: [json.loads(line) for line in file.read_text().splitlines()]
    for handler in root.handlers:
        handler.close()
    root.handlers, root.level = before
    structlog.reset_defaults()


@pytest.mark.parametrize(
    "secret",
    [
        "devos_4f9c21ab_Canary0Canary0Canary0",
        "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJDYW5hcnkwIn0.Canary0Canary0Canary0",
        "Bearer Canary0Canary0Canary0",
        "Authorization: Basic Canary0Canary0Canary0==",
        "ghp_Canary0Canary0Canary0",
        "github_pat_Canary0Canary0Canary0",
        "sk-proj-Canary0Canary0Canary0",
        "https://user:Canary0Canary0Canary0@github.com/a/b.git",
        "postgresql://devos_login:Canary0@nary@host/devos Canary0Canary0Canary0",
        f"the password is {CANARY}",
    ],
)
def test_the_shape_of_a_secret_never_reaches_the_log(secret: str, lines: Lines) -> None:
    log = structlog.get_logger("test")
    log.info(secret, text=secret, nested={"list": [secret, (secret,)]}, raw=secret.encode())
    logging.getLogger("library").warning("said %s", secret)
    try:
        raise ValueError(secret)
    except ValueError:
        log.exception("failed")
        logging.getLogger("library").exception("failed")
    assert len(lines()) == 4
    assert "Canary0" not in json.dumps(lines())


@pytest.mark.parametrize(
    "name",
    [
        "password",
        "Authorization",
        "api_key",
        "X-API-Key",
        "access_token",
        "webhook_secret",
        "cookie",
        "token",
    ],
)
def test_a_field_with_the_name_of_a_secret_is_masked_whatever_it_holds(name: str, lines: Lines) -> None:
    structlog.get_logger("test").info("x", **{name: "anything"}, headers={name: ["anything"]})
    logging.getLogger("library").info("x", extra={name: "anything"})
    assert "anything" not in json.dumps(lines())
    assert lines()[0][name] == MASK


def test_what_is_no_secret_stays_readable(lines: Lines) -> None:
    structlog.get_logger("test").info(
        "claimed", lease_token=17, task="devos_api", sha="9b1c" * 10, ratio=0.5, none=None
    )
    line = lines()[0]
    assert (line["lease_token"], line["task"], line["sha"]) == (17, "devos_api", "9b1c" * 10)
    assert (line["ratio"], line["none"], line["level"], line["logger"]) == (0.5, None, "info", "test")


def test_a_secret_is_masked_by_type_and_by_value(lines: Lines) -> None:
    structlog.get_logger("test").info("x", some=SecretStr("Canary0"), text=f"<{WEBHOOK_SECRET}>")
    assert lines()[0]["some"] == MASK
    assert lines()[0]["text"] == f"<{MASK}>"


def test_a_private_key_is_masked_whole_and_when_cut_off(lines: Lines, tmp_path: Path) -> None:
    pem = jwt_private_key(tmp_path)
    structlog.get_logger("test").info("x", key_text=f"a {pem} b", cut=pem[:80])
    assert lines()[0]["key_text"].split() == ["a", MASK, "b"]
    assert lines()[0]["cut"] == MASK


def test_the_request_id_is_on_every_line_of_its_context(lines: Lines) -> None:
    with structlog.contextvars.bound_contextvars(request_id="r-1"):
        structlog.get_logger("test").info("ours")
        logging.getLogger("library").info("theirs")
    structlog.get_logger("test").info("after")
    assert [line.get("request_id") for line in lines()] == ["r-1", "r-1", None]


def test_the_log_file_is_private_and_rotated(lines: Lines, tmp_path: Path) -> None:
    (handler,) = (one for one in logging.getLogger().handlers if isinstance(one, RotatingFileHandler))
    handler.maxBytes = 500
    for number in range(50):
        structlog.get_logger("test").info("line", number=number)
    files = sorted(path.name for path in (tmp_path / "logs").iterdir())
    assert files[0] == "devos.log"
    assert len(files) == 6
    assert (tmp_path / "logs").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "logs" / "devos.log").stat().st_mode & 0o077 == 0
    assert lines()[-1]["number"] == 49
