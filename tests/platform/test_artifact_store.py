"""The store of artifacts, a folder and a bucket alike: whole or not at all, and streamed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from control_plane.platform.artifact_store import ArtifactStore
from control_plane.platform.errors import DomainError
from control_plane.platform.settings import SettingsError, load_settings
from tests.support.s3 import KEY_ID, S3, SECRET, s3_server

MEGABYTE = 1024 * 1024


@pytest.fixture
def s3() -> Iterator[S3]:
    with s3_server() as server:
        yield server


def bucket(s3: S3, key_id: str = KEY_ID) -> ArtifactStore:
    settings = {
        "artifact_store": "s3://files/of/devos",
        "artifact_s3_endpoint": s3.url,
        "artifact_s3_access_key_id": key_id,
        "artifact_s3_secret_access_key": SECRET,
    }
    return ArtifactStore(load_settings(settings))


@pytest.fixture(params=["folder", "bucket"])
def store(request: pytest.FixtureRequest, tmp_path: Path, s3: S3) -> ArtifactStore:
    if request.param == "folder":
        return ArtifactStore(load_settings({"artifact_store": f"file://{tmp_path}/made%20here"}))
    return bucket(s3)


async def chunks(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


async def whole(store: ArtifactStore, key: UUID, start: int, end: int) -> bytes:
    return b"".join([bytes(chunk) async for chunk in await store.read(key, start, end)])


async def test_what_was_written_is_read_whole_or_in_part(store: ArtifactStore) -> None:
    key, content = uuid4(), bytes(range(256)) * 1000
    await store.write(key, chunks(content[:1000], content[1000:]))
    assert await whole(store, key, 0, len(content)) == content
    assert await whole(store, key, 5, 300) == content[5:300]
    assert await whole(store, key, 7, 7) == b""


async def test_large_bytes_travel_in_parts(store: ArtifactStore) -> None:
    key, part = uuid4(), bytes(MEGABYTE)
    await store.write(key, chunks(*[part] * 12))
    assert len(await whole(store, key, 0, 12 * MEGABYTE)) == 12 * MEGABYTE


async def test_nothing_is_written_too(store: ArtifactStore) -> None:
    key = uuid4()
    await store.write(key, chunks())
    assert await whole(store, key, 0, 0) == b""


async def test_an_end_that_comes_too_early_leaves_nothing(
    store: ArtifactStore, s3: S3, tmp_path: Path
) -> None:
    async def broken() -> AsyncIterator[bytes]:
        for _ in range(12):
            yield bytes(MEGABYTE)
        raise DomainError(413, "artifact_too_large", "It is too large.")

    key = uuid4()
    with pytest.raises(DomainError, match="too large"):
        await store.write(key, broken())
    with pytest.raises(DomainError) as told:
        await store.read(key, 0, 1)
    assert told.value.code == "artifact_content_not_found"
    assert s3.objects == {}
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


async def test_what_is_removed_is_gone_and_removing_it_again_is_fine(store: ArtifactStore) -> None:
    key = uuid4()
    await store.write(key, chunks(b"gone"))
    await store.remove(key)
    await store.remove(key)
    with pytest.raises(DomainError):
        await store.read(key, 0, 4)


async def test_a_bucket_holds_keys_under_its_prefix(s3: S3) -> None:
    key = uuid4()
    await bucket(s3).write(key, chunks(b"x"))
    assert [*s3.objects] == [f"files/of/devos/{str(key)[-2:]}/{key}"]


async def test_a_bucket_that_refuses_or_is_away_is_told_as_such(s3: S3, tmp_path: Path) -> None:
    for store in (
        bucket(s3, "AKIAOTHER"),
        ArtifactStore(load_settings({"artifact_store": "file:///proc/no"})),
    ):
        for call in (store.write(uuid4(), chunks(b"x")), store.read(uuid4(), 0, 1), store.remove(uuid4())):
            with pytest.raises(DomainError) as told:
                await call
            assert (told.value.status, told.value.code) == (503, "artifact_store_unavailable")
            assert SECRET not in str(told.value.__cause__)


async def test_what_a_killed_process_left_is_removed_with_its_key(tmp_path: Path) -> None:
    store, key = ArtifactStore(load_settings({"artifact_store": f"file://{tmp_path}"})), uuid4()
    folder = tmp_path / str(key)[-2:]
    folder.mkdir()
    (folder / f"{key}#1").write_bytes(b"half")
    (folder / f"{uuid4()}#1").write_bytes(b"of another")
    await store.remove(key)
    assert len([*folder.iterdir()]) == 1


@pytest.mark.parametrize(
    "place", ["files", "/files", "file://files", "s3://", "http://host/bucket", "s3://B/x"]
)
def test_a_place_that_is_none_is_refused(place: str) -> None:
    with pytest.raises(SettingsError, match="artifact_store"):
        load_settings({"artifact_store": place})
