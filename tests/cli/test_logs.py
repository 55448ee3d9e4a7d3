from __future__ import annotations

import json
import subprocess
from pathlib import Path

from tests.support.devos import COMMAND, devos, environment


def line(event: str) -> str:
    return json.dumps({"event": event, "level": "info", "timestamp": "2026-01-01T00:00:00Z", "n": 1}) + "\n"


def test_following_goes_on_in_the_new_file_after_a_rotation(home: Path) -> None:
    logs = home / "data" / "logs"
    logs.mkdir(parents=True)
    current = logs / "devos.log"
    current.write_text(line("old") + line("first"))
    command = [*COMMAND, "logs", "-f", "-n", "1", "--data", str(home / "data")]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=home, env=environment(home), stdout=pipe, text=True) as follower:
        try:
            assert follower.stdout is not None
            assert "first n=1" in follower.stdout.readline()
            with current.open("a") as file:
                file.write(line("second")[:20])
                file.flush()
                file.write(line("second")[20:])
            assert "second" in follower.stdout.readline()
            current.rename(logs / "devos.log.1")
            current.write_text(line("[bold]third"))
            assert "[bold]third" in follower.stdout.readline()
        finally:
            follower.kill()


def test_a_line_that_is_no_json_is_printed_as_it_is(home: Path) -> None:
    (home / "data" / "logs").mkdir(parents=True)
    (home / "data" / "logs" / "devos.log").write_text("half a li\n")
    assert "half a li" in devos("logs", "--data", str(home / "data"), home=home).out
