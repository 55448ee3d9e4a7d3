"""What things are called at the broker. Nothing here speaks to it, so the API may know it, too."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

LANES = "tasks"
"""The exchange of hints: the routing key is the queue's name."""
DEAD = "tasks.dead"
"""Where a consumer's refusals go: what is no hint."""
DEFAULT = "tasks.todo"
"""The default lane: hints of the lanes that nobody may read at the broker."""
DELAYS = (1, 2, 4, 8, 16, 32, 64, 128, 256, 600)
"""The steps of the back-off in seconds: a queue for each."""


def lane_queue(lane: int) -> str:
    """The queue of a lane."""
    return f"{DEFAULT}.{lane}"


def delay_queue(seconds: int) -> str:
    """The queue, and the exchange in front of it, that holds a hint for so long."""
    return f"tasks.delay.{seconds}"


def delay_step(seconds: float) -> int:
    """The shortest delay after which a task is due that is due in so long."""
    return next((step for step in DELAYS if step >= seconds), DELAYS[-1])


def password_about(agent_key_id: str) -> str:
    """What the sealed password of an agent key is bound to."""
    return f"broker user of agent key {agent_key_id}"


def readable(lanes: list[int]) -> str:
    """The pattern of what a fleet may read: the queues of its lanes, whole names only."""
    return rf"^tasks\.todo\.({'|'.join(map(str, lanes))})$" if lanes else "^$"


@dataclass(frozen=True)
class BrokerAddress:
    """Where the broker is, without who may go there."""

    url: str
    virtual_host: str

    @classmethod
    def of(cls, url: str) -> BrokerAddress:
        """The address in a setting `amqp://user:password@host:port/virtual-host`."""
        parts = urlsplit(url)
        where = parts.netloc.rpartition("@")[2]
        return cls(f"{parts.scheme}://{where}", unquote(parts.path.removeprefix("/")) or "/")

    @property
    def prefix(self) -> str:
        """How the names of this installation's users begin: they are the same for all virtual hosts."""
        return f"{self.virtual_host}.agent."

    def user_of(self, agent_key_id: str) -> str:
        """The user of an agent key."""
        return f"{self.prefix}{agent_key_id}"
