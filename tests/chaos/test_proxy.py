"""The lines that the partition test cuts: what is cut does not arrive, what is healed does."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

from tests.chaos.namespace import is_possible, namespaced
from tests.chaos.proxy import Direction, Line, Pair, Target, proxied

# A packet that was lost is sent again after 0.2 s, then twice as late each time.
HEALED_SECONDS = 5.0
CUT_SECONDS = 0.4
Lay = Callable[[Target, Path], AbstractAsyncContextManager[Line]]


@pytest.mark.parametrize("direction", ["there", "back", "both"])
@pytest.mark.parametrize("lay", [proxied, namespaced])
async def test_nothing_passes_a_cut_line_and_everything_a_healed_one(
    lay: Lay, direction: Direction, tmp_path: Path
) -> None:
    if lay is namespaced and not is_possible():
        pytest.skip("only root on Linux can make network namespaces")
    joined: asyncio.Queue[Pair] = asyncio.Queue()
    server = await asyncio.start_server(lambda *pair: joined.put_nowait(pair), "127.0.0.1", 0)
    async with lay(Target(port=server.sockets[0].getsockname()[1]), tmp_path) as line:
        near = await asyncio.open_connection(line.host, line.port)
        near[1].write(b"hello")
        far = await joined.get()
        assert await arrives(far, b"hello", HEALED_SECONDS)
        await line.cut(direction)
        near[1].write(b"there")
        far[1].write(b"back!")
        came = await asyncio.gather(arrives(far, b"there", CUT_SECONDS), arrives(near, b"back!", CUT_SECONDS))
        assert came == [direction == "back", direction == "there"]
        await line.heal()
        for pair, text, has_come in ((far, b"there", came[0]), (near, b"back!", came[1])):
            assert has_come or await arrives(pair, text, HEALED_SECONDS)
        for _, writer in (near, far):
            writer.close()
    server.close()


async def arrives(pair: Pair, text: bytes, seconds: float) -> bool:
    try:
        async with asyncio.timeout(seconds):
            return await pair[0].readexactly(len(text)) == text
    except TimeoutError:
        return False
