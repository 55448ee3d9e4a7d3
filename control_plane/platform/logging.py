"""Log lines: structured, redacted in one place, on the terminal and in a rotated file.

Redaction happens in the processor chain, so no call site has to remember it: by type (SecretStr), by the name
of a field, by the shape of a value, and by the very values that the settings hold.
"""

from __future__ import annotations

import logging
import os
import re
import sys
from collections.abc import Mapping, Sequence
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any, cast
from urllib.parse import unquote, urlsplit

import structlog
from pydantic import SecretStr
from structlog.typing import EventDict, Processor, WrappedLogger

from control_plane.platform.errors import OperatorError
from control_plane.platform.settings import Settings

MASK = "[redacted]"
_FILE_BYTES = 10_000_000
_FILES_KEPT = 5
_SHORTEST_VALUE = 8

_SECRET_NAME = re.compile(
    r"(^|_|-)(password|passwd|secret|authorization|cookie|credentials?|api[_-]?key|private[_-]?key"
    r"|webhook[_-]secret|project[_-]token|(access|refresh|id|bearer|github|auth|session)[_-]?token|^token)$",
    re.IGNORECASE,
)
_SHAPES: Sequence[tuple[re.Pattern[str], str]] = (
    (
        re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL),
        MASK,
    ),
    (re.compile(r"\bdevos_(?:[a-z]{3}_)?[A-Za-z0-9]{4,}_[A-Za-z0-9_-]{8,}"), MASK),
    (re.compile(r"\beyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]*"), MASK),
    (re.compile(r"\b(gh[pousr]_[A-Za-z0-9]{16,}|github_pat_\w{16,}|glpat-[\w-]{16,}|sk-[\w-]{16,})"), MASK),
    (re.compile(r"(?i)\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{8,}"), rf"\1 {MASK}"),
    (re.compile(r"(?i)(\b[a-z][a-z0-9+.-]*://[^\s:/@]*):[^\s/]+@"), rf"\1:{MASK}@"),
)


class Redactor:
    """A structlog processor that leaves no secret in an event."""

    def __init__(self, known: Sequence[str] = ()) -> None:
        # Longest first: a secret that contains another one must go whole.
        self._known = sorted(
            (value for value in known if len(value) >= _SHORTEST_VALUE), key=len, reverse=True
        )

    def __call__(self, logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
        return cast(EventDict, self.clean(event))

    def clean(self, value: object, *, name: str = "") -> object:
        """The value without secrets, containers included."""
        if isinstance(value, SecretStr):
            return MASK
        if name and _SECRET_NAME.search(name) and value is not None:
            return MASK
        if isinstance(value, str):
            return self.clean_text(value)
        if isinstance(value, bytes):
            return self.clean_text(value.decode(errors="replace"))
        if isinstance(value, Mapping):
            items = cast("Mapping[object, object]", value).items()
            return {key: self.clean(item, name=str(key)) for key, item in items}
        if isinstance(value, (list, tuple, set, frozenset)):
            return [self.clean(item) for item in cast("Sequence[object]", value)]
        if value is None or isinstance(value, (bool, int, float)):
            return value
        return self.clean_text(str(value))

    def clean_text(self, text: str) -> str:
        """The text with every known value and everything in the shape of a secret replaced."""
        for secret in self._known:
            text = text.replace(secret, MASK)
        for shape, replacement in _SHAPES:
            text = shape.sub(replacement, text)
        return text


def configure_logging(settings: Settings, *, file: str | None, terminal: bool = True) -> None:
    """Send all logging of this process, the libraries' too, through one chain."""
    redactor = Redactor(_secret_values(settings))
    handlers: list[logging.Handler] = []
    if terminal:
        stream = logging.StreamHandler(sys.stderr)
        renderer = (
            _json() if settings.log_format == "json" else structlog.dev.ConsoleRenderer(colors=_colors())
        )
        stream.setFormatter(_formatter(redactor, renderer))
        handlers.append(stream)
    if file is not None:
        rotating = _rotating(settings.data / "logs" / file)
        rotating.setFormatter(_formatter(redactor, _json()))
        handlers.append(rotating)
    root = logging.getLogger()
    for old in root.handlers[:]:
        root.removeHandler(old)
        old.close()
    for handler in handlers:
        root.addHandler(handler)
    root.setLevel(settings.log_level.upper())
    # Their INFO is one line per request, with the URL.
    for noisy in ("httpx", "httpcore", "hpack"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    structlog.configure(
        processors=[*_shared(), structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, settings.log_level.upper())),
        cache_logger_on_first_use=False,
    )


def _shared() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]


def _formatter(redactor: Redactor, renderer: Processor) -> logging.Formatter:
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[*_shared(), structlog.stdlib.ExtraAdder()],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            # Tracebacks become text first: a secret in an exception's message is a secret in the log.
            structlog.processors.format_exc_info,
            structlog.processors.StackInfoRenderer(),
            redactor,
            renderer,
        ],
    )


def _json() -> Processor:
    return structlog.processors.JSONRenderer(ensure_ascii=False)


def _colors() -> bool:
    return sys.stderr.isatty()


class _PrivateFile(RotatingFileHandler):
    """A rotated file that only its owner reads, each new one as well."""

    def _open(self) -> TextIOWrapper:
        def private(path: str, flags: int) -> int:
            return os.open(path, flags, 0o600)

        return open(self.baseFilename, "a", encoding="utf-8", opener=private)


def _rotating(path: Path) -> RotatingFileHandler:
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        return _PrivateFile(path, maxBytes=_FILE_BYTES, backupCount=_FILES_KEPT, encoding="utf-8")
    except OSError as exc:
        raise OperatorError(
            f"The log file {path} cannot be written: {exc.strerror}.",
            "Choose a data folder of your own with --data.",
        ) from exc


def _secret_values(settings: Settings) -> list[str]:
    values: list[Any] = [getattr(settings, name) for name in Settings.model_fields]
    secrets = [value.get_secret_value() for value in values if isinstance(value, SecretStr)]
    # Of a database URL only the password is secret; a key in PEM form is found by its shape.
    passwords = [urlsplit(secret).password or "" for secret in secrets if "://" in secret]
    plain = [secret for secret in secrets if "://" not in secret and "\n" not in secret]
    keys = settings.encryption_keys.get_secret_value() if settings.encryption_keys else ""
    return [
        *plain,
        *re.findall(r"[^,\s]+", keys),
        *passwords,
        *(unquote(password) for password in passwords),
    ]
