"""The command `devos`: start, stop and look after a control plane."""

from __future__ import annotations


def main() -> None:
    """Run the command line; ends the process with 0 done, 1 refused or failed, 2 usage, 3 not reachable."""
    from control_plane.cli.commands import run

    run()
