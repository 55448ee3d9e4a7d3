"""A small S3 on loopback: objects and multipart uploads in memory, and every request signed."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import unescape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

KEY_ID, SECRET = "AKIATEST", "of-no-bucket-at-all"


@dataclass
class S3:
    """What the bucket holds, by path; `uploads` are those that nobody has completed."""

    url: str = ""
    objects: dict[str, bytes] = field(default_factory=dict)
    uploads: dict[str, dict[int, bytes]] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    down: bool = False


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    bucket: S3

    def _serve(self) -> None:
        content = self._content()
        address = urlsplit(self.path)
        path = unquote(address.path).lstrip("/")
        query = {name: values[0] for name, values in parse_qs(address.query, keep_blank_values=True).items()}
        self.bucket.requests.append(f"{self.command} {path}")
        signed = self.headers.get("Authorization", "")
        if self.bucket.down:
            self._answer(503)
        elif f"Credential={KEY_ID}/" not in signed:
            self._answer(403)
        elif "uploads" in query or "uploadId" in query:
            self._multipart(path, query, content)
        elif "delete" in query:
            self._delete(path, content)
        else:
            self._object(path, content)

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = _serve  # noqa: N815

    def _content(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def _multipart(self, path: str, query: dict[str, str], content: bytes) -> None:
        uploads = self.bucket.uploads
        if "uploads" in query:
            name = f"{path}#{len(self.bucket.requests)}"
            uploads[name] = {}
            self._tell("InitiateMultipartUploadResult", f"<UploadId>{name}</UploadId>")
        elif self.command == "PUT":
            uploads[query["uploadId"]][int(query["partNumber"])] = content
            self._answer(200)
        elif self.command == "DELETE":
            del uploads[query["uploadId"]]
            self._answer(204)
        else:
            parts = uploads.pop(query["uploadId"])
            self.bucket.objects[path] = b"".join(parts[number] for number in sorted(parts))
            self._tell("CompleteMultipartUploadResult", '<ETag>"e"</ETag>')

    def _delete(self, path: str, content: bytes) -> None:
        keys = re.findall("<Key>(.*?)</Key>", content.decode())
        for key in keys:
            self.bucket.objects.pop(f"{path}/{unescape(key)}", None)
        self._tell("DeleteResult", "".join(f"<Deleted><Key>{key}</Key></Deleted>" for key in keys))

    def _tell(self, name: str, text: str) -> None:
        self._answer(200, f"<{name}>{text}</{name}>".encode())

    def _object(self, path: str, content: bytes) -> None:
        objects = self.bucket.objects
        if self.command == "PUT":
            objects[path] = content
            self._answer(200)
        elif path not in objects:
            self._answer(404)
        elif found := re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers.get("Range", "")):
            first, last = int(found[1]), min(int(found[2]), len(objects[path]) - 1)
            said = {"Content-Range": f"bytes {first}-{last}/{len(objects[path])}"}
            self._answer(206, objects[path][first : last + 1], said)
        else:
            self._answer(200, objects[path])

    def _answer(self, status: int, content: bytes = b"", headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        known = {"ETag": '"e"', "Last-Modified": "Tue, 01 Sep 2026 00:00:00 GMT", **(headers or {})}
        for name, value in {**known, "Content-Length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Say nothing on stderr."""


@contextmanager
def s3_server() -> Iterator[S3]:
    """An S3 that runs as long as the block."""
    held = S3()

    class Handler(_Handler):
        bucket = held

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    held.url = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield held
    finally:
        server.shutdown()
        server.server_close()
