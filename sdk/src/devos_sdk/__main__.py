"""`python -m devos_sdk`: the commands of the SDK without a control plane on this machine."""

from devos_sdk._cli import commands

commands()(prog_name="python -m devos_sdk")
