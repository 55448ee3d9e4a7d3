"""Every setting in one typed object: flag > environment > ./devos.toml > the user's file > default."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path
from typing import Any, Literal, Self
from urllib.parse import urlsplit, urlunsplit

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator, model_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from control_plane.platform.errors import OperatorError
from control_plane.platform.keyring import parse_keys
from control_plane.platform.paths import default_data_folder, user_config_file
from control_plane.platform.pem import private_keys
from control_plane.platform.redirects import ENTRY, ORIGIN

PREFIX = "DEVOS_"
PROJECT_FILE = Path("devos.toml")
# Names that other tools and older versions use.
_OLDER_NAMES = {
    "github_webhook_secret": "GITHUB_WEBHOOK_SECRET",
    "github_api_url": "GITHUB_API_URL",
    "github_token": "GITHUB_TOKEN",
    "supabase_url": "SUPABASE_URL",
    "supabase_jwt_secret": "SUPABASE_JWT_SECRET",
}
_MASK = "********"
_WEAK_WORDS = ("changeme", "secret", "password", "example", "default", "test")
_SHORTEST_JWT_SECRET = 32
_SHOWN_SCHEMES = {"postgresql", "postgres", "amqp", "amqps", "http", "https"}
_HTTP = r"^https?://[^\s/]+"


class SettingsError(OperatorError):
    """A setting is missing or not valid."""


class Settings(BaseSettings):
    """The settings of one process; made once by `load_settings` and passed on."""

    model_config = SettingsConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    data: Path = Field(
        default_factory=default_data_folder, description="Folder of the embedded database and logs."
    )
    host: str = Field(default="127.0.0.1", description="Address that the API listens on.", min_length=1)
    port: int = Field(
        default=8000, description="Port that the API listens on; 0 chooses a free one.", ge=0, le=65535
    )
    database_url: SecretStr | None = Field(
        default=None, description="Postgres of your own, as the role devos_login. Unset: the embedded one."
    )
    worker_database_url: SecretStr | None = Field(
        default=None, description="The same database, as the role devos_worker."
    )
    admin_database_url: SecretStr | None = Field(
        default=None,
        description="The same database, as the role that deploys. Only `devos migrate` reads it.",
    )
    broker_url: SecretStr | None = Field(
        default=None,
        description="RabbitMQ that agents may wait at, with a virtual host of its own: amqp://user:password@host/"
        "devos. Unset: they wait by long poll.",
    )
    broker_management_url: SecretStr | None = Field(
        default=None,
        description="Its management API, as a user who makes users: http://user:password@host:15672. "
        "Unset: agents get no credentials.",
    )
    github_webhook_secret: SecretStr | None = Field(
        default=None,
        description="Secret that GitHub signs its webhooks with. Unset: webhooks are refused.",
    )
    github_api_url: str = Field(
        default="https://api.github.com",
        description="Address of GitHub's API.",
        pattern=_HTTP,
    )
    github_token: SecretStr | None = Field(
        default=None, description="Token that comments and statuses are posted with."
    )
    public_url: str | None = Field(
        default=None,
        description="Address that people's browsers reach devos at. Unset: http:// with `host` and `port`.",
    )
    allowed_redirects: str = Field(
        default="",
        description="Further addresses that sign-ins may come back to, by comma; `/*` at the end: all below.",
    )
    github_client_id: str | None = Field(
        default=None, description="Client id of the GitHub app that people sign in with. Unset: they cannot."
    )
    github_client_secret: SecretStr | None = Field(
        default=None, description="Client secret of that GitHub app."
    )
    github_authorize_url: str = Field(
        default="https://github.com/login/oauth/authorize",
        description="Page of GitHub that asks people for consent.",
        pattern=_HTTP,
    )
    github_token_url: str = Field(
        default="https://github.com/login/oauth/access_token",
        description="Address of GitHub that trades a code for a token.",
        pattern=_HTTP,
    )
    supabase_url: str | None = Field(
        default=None,
        description="Address of a Supabase project that keeps the accounts. Unset: devos keeps them.",
        pattern=_HTTP,
    )
    supabase_jwt_secret: SecretStr | None = Field(
        default=None,
        description="Legacy JWT secret of that project. Unset: only its asymmetric keys count.",
    )
    jwt_private_key: SecretStr | None = Field(
        default=None,
        description="Private keys (PEM, P-256) that sign tokens of people: the first signs, all verify. "
        "Unset: made in the data folder.",
    )
    encryption_keys: SecretStr | None = Field(
        default=None,
        description="Keys (32 bytes in base64, the one in use first) that stored secrets are encrypted with. "
        "Unset: made in the data folder.",
    )
    sign_up: Literal["invite", "open"] = Field(
        default="invite",
        description="Who may make an account: the invited, or anybody as a viewer of nothing.",
    )
    trusted_proxies: str = Field(
        default="",
        description="Addresses or networks of proxies in front, by comma; their X-Forwarded-For is believed.",
    )
    tls_certificate: Path | None = Field(
        default=None, description="Certificate chain (PEM) that the API serves HTTPS with. Unset: plain HTTP."
    )
    tls_key: Path | None = Field(default=None, description="File with the private key of tls_certificate.")
    tls_client_ca: Path | None = Field(
        default=None,
        description="Authorities (PEM) that callers need a certificate of. Unset: none is asked for.",
    )
    artifact_store: str | None = Field(
        default=None,
        description="Where files of tasks lie: file:///folder or s3://bucket/prefix. "
        "Unset: artifacts in the data folder.",
        pattern=r"^(file:///[^?#]+|s3://[a-z0-9][a-z0-9.-]{1,62}(/[^?#]*)?)$",
    )
    artifact_s3_endpoint: str | None = Field(
        default=None,
        description="Address of what speaks S3. Unset: Amazon's.",
        pattern=_HTTP,
    )
    artifact_s3_region: str | None = Field(
        default=None, description="Region of the bucket. Unset: as AWS_REGION says, or us-east-1."
    )
    artifact_s3_access_key_id: SecretStr | None = Field(
        default=None,
        description="Key id for the bucket. Unset: as Amazon's own tools find it (AWS_ACCESS_KEY_ID, roles).",
    )
    artifact_s3_secret_access_key: SecretStr | None = Field(
        default=None, description="The secret that belongs to the key id."
    )
    artifact_limit_bytes: int = Field(
        default=100 * 1024 * 1024, description="Bytes that one file of a task may have.", ge=1, le=2**40
    )
    artifact_quota_bytes: int = Field(
        default=2**30, description="Bytes that the files of one task may have together.", ge=1, le=2**50
    )
    artifact_quota_files: int = Field(
        default=1000, description="How many files one task may have.", ge=1, le=1_000_000
    )
    log_retention_days: int = Field(
        default=90, description="Log lines of tasks go when their month is older than this.", ge=1, le=36500
    )
    schedule_run_retention_days: int = Field(
        default=90,
        description="Runs of schedules go when they are older than this, but for the last of each.",
        ge=1,
        le=36500,
    )
    task_log_limit_lines: int = Field(
        default=10_000, description="Log lines that are kept of one task.", ge=0, le=1_000_000
    )
    task_log_limit_bytes: int = Field(
        default=8 * 1024 * 1024, description="Bytes of log that are kept of one task.", ge=0, le=2**30
    )
    log_format: Literal["console", "json"] = Field(
        default="console", description="How log lines look on the terminal."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="What is logged at the least."
    )

    @property
    def scheme(self) -> str:
        """How the API is spoken to."""
        return "https" if self.tls_certificate else "http"

    @property
    def embedded(self) -> bool:
        """Whether the database is the one that `devos up` runs."""
        return self.database_url is None

    @field_validator("data", mode="after")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value.expanduser().absolute()

    @field_validator("tls_certificate", "tls_key", "tls_client_ca", mode="after")
    @classmethod
    def _readable(cls, value: Path | None) -> Path | None:
        if value is not None:
            try:
                value.expanduser().open("rb").close()
            except OSError as exc:
                raise ValueError(f"the file cannot be read ({exc.strerror})") from exc
        return value and value.expanduser().absolute()

    @model_validator(mode="after")
    def _whole_tls(self) -> Self:
        if (self.tls_certificate is None) != (self.tls_key is None):
            raise ValueError("tls_certificate and tls_key go together")
        if self.tls_client_ca is not None and self.tls_certificate is None:
            raise ValueError("tls_client_ca needs tls_certificate and tls_key")
        return self

    @property
    def github_login(self) -> bool:
        """Whether people may sign in with GitHub."""
        return self.github_client_id is not None and self.github_client_secret is not None

    @field_validator("github_api_url", "supabase_url", mode="after")
    @classmethod
    def _no_slash(cls, value: str | None) -> str | None:
        return value and value.rstrip("/")

    @field_validator("public_url", mode="after")
    @classmethod
    def _is_origin(cls, value: str | None) -> str | None:
        if value is not None and not ORIGIN.fullmatch(value.rstrip("/")):
            raise ValueError("it must look like https://devos.example.org, in lower case")
        return value and value.rstrip("/")

    @field_validator("allowed_redirects", mode="after")
    @classmethod
    def _are_addresses(cls, value: str) -> str:
        for entry in filter(None, (part.strip() for part in value.split(","))):
            if not ENTRY.fullmatch(entry):
                raise ValueError(f"{entry} must look like https://app.example.org/signed-in, or end in /*")
        return value

    @field_validator("supabase_jwt_secret", mode="after")
    @classmethod
    def _is_long(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and len(value.get_secret_value()) < _SHORTEST_JWT_SECRET:
            raise ValueError(f"it has fewer than {_SHORTEST_JWT_SECRET} characters, so tokens can be forged")
        return value

    @field_validator("github_webhook_secret", mode="after")
    @classmethod
    def _strong(cls, value: SecretStr | None) -> SecretStr | None:
        text = value.get_secret_value() if value else None
        if text is not None and (
            len(text) < 16 or len(set(text)) < 6 or text.lower().startswith(_WEAK_WORDS)
        ):
            raise ValueError("it is too easy to guess; make one with `openssl rand -hex 32`")
        return value

    @field_validator("database_url", "worker_database_url", "admin_database_url", mode="after")
    @classmethod
    def _is_postgres(cls, value: SecretStr | None) -> SecretStr | None:
        if value and urlsplit(value.get_secret_value()).scheme not in {"postgresql", "postgres"}:
            raise ValueError("it must look like postgresql://user:password@host/database")
        return value

    @field_validator("broker_url", "broker_management_url", mode="after")
    @classmethod
    def _is_broker(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        schemes = ("amqp", "amqps") if info.field_name == "broker_url" else ("http", "https")
        parts = urlsplit(value.get_secret_value()) if value else None
        if parts and (parts.scheme not in schemes or not parts.hostname or not parts.password):
            raise ValueError(f"it must look like {schemes[0]}://user:password@host")
        return value

    @field_validator("jwt_private_key", mode="after")
    @classmethod
    def _is_p256(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            _check_p256(value.get_secret_value())
        return value

    @field_validator("trusted_proxies", mode="after")
    @classmethod
    def _are_networks(cls, value: str) -> str:
        for part in filter(None, (part.strip() for part in value.split(","))):
            try:
                ip_network(part)
            except ValueError as exc:
                raise ValueError(f"{part} is no address and no network like 10.0.0.0/8") from exc
        return value

    @field_validator("encryption_keys", mode="after")
    @classmethod
    def _are_keys(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            parse_keys(value.get_secret_value())
        return value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Ours, not the library's: they know NAME_FILE and older names, and where each value came from."""
        return (init_settings, *_sources(settings_cls))


def _check_p256(pem: str) -> None:
    from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey

    try:
        keys = private_keys(pem)
    except (ValueError, TypeError) as exc:
        raise ValueError("it is no private key in PEM form without a password") from exc
    if not all(isinstance(key, EllipticCurvePrivateKey) and isinstance(key.curve, SECP256R1) for key in keys):
        raise ValueError("it must be an elliptic curve key on P-256 (ES256)")


class _Source(PydanticBaseSettingsSource):
    """One place that settings come from, with the place of each value in words."""

    def __init__(self, settings_cls: type[BaseSettings]) -> None:
        super().__init__(settings_cls)
        self.places: dict[str, str] = {}

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        raise NotImplementedError  # the whole source is read at once

    def __call__(self) -> dict[str, Any]:
        raise NotImplementedError


class _Environment(_Source):
    def __call__(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, field in self.settings_cls.model_fields.items():
            for variable in variables(name):
                value = _read_variable(variable, secret=is_secret(field))
                if value is not None:
                    found[name], self.places[name] = value
                    break
        return found


def _read_variable(variable: str, *, secret: bool) -> tuple[str, str] | None:
    """The value of NAME, or for a secret of the file that NAME_FILE names; empty counts as unset."""
    value = os.environ.get(variable)
    file = os.environ.get(f"{variable}_FILE") if secret else None
    if value and file:
        raise SettingsError(f"Both {variable} and {variable}_FILE are set.", "Unset one of them.")
    if value:
        return value, variable
    if not file:
        return None
    try:
        return Path(file).read_text(encoding="utf-8").strip(), f"{variable}_FILE"
    except (OSError, UnicodeDecodeError) as exc:
        raise SettingsError(
            f"{variable}_FILE names {file}, which cannot be read: {exc}.", "Correct it."
        ) from exc


class _TomlFile(_Source):
    def __init__(self, settings_cls: type[BaseSettings], path: Path) -> None:
        super().__init__(settings_cls)
        self.path = path

    def __call__(self) -> dict[str, Any]:
        try:
            values = tomllib.loads(self.path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as exc:
            raise SettingsError(f"{self.path} cannot be read: {exc}.", "Correct it.") from exc
        unknown = sorted(set(values) - set(self.settings_cls.model_fields))
        if unknown:
            raise SettingsError(
                f"{self.path} has the unknown setting {unknown[0]}.",
                "`devos config show` lists all settings.",
            )
        self.places = dict.fromkeys(values, str(self.path))
        return values


def _sources(settings_cls: type[BaseSettings]) -> list[_Source]:
    files = (PROJECT_FILE, user_config_file())
    return [_Environment(settings_cls), *(_TomlFile(settings_cls, path) for path in files)]


def variables(name: str) -> list[str]:
    """The environment variables of a setting: its own first, then the older name."""
    older = _OLDER_NAMES.get(name)
    return [PREFIX + name.upper(), *([older] if older else [])]


def is_secret(field: FieldInfo) -> bool:
    """Whether a setting's value must never be shown."""
    return field.annotation == SecretStr | None


def load_settings(flags: Mapping[str, object] | None = None) -> Settings:
    """Read all sources; `flags` win, and those that are None count as not given."""
    given = {name: value for name, value in (flags or {}).items() if value is not None}
    try:
        settings = Settings(**given)  # pyright: ignore[reportArgumentType]
    except ValidationError as exc:
        problem = exc.errors(include_url=False, include_input=False, include_context=False)[0]
        reason = problem["msg"].removeprefix("Value error, ")
        what = "settings do not fit together"
        if problem["loc"]:
            name = str(problem["loc"][0])
            what = f"setting {name} (from {_places(given).get(name, 'a flag')}) is not valid"
        raise SettingsError(
            f"The {what}: {reason}.",
            "`devos config show` lists all settings.",
        ) from exc
    _refuse_borrowed_token(settings, _places(given))
    return settings


def _refuse_borrowed_token(settings: Settings, places: Mapping[str, str]) -> None:
    """A folder that one happens to stand in must not say where a secret of the user's is sent."""
    for secret, where in (
        ("github_token", "github_api_url"),
        ("github_client_secret", "github_token_url"),
        ("artifact_s3_secret_access_key", "artifact_s3_endpoint"),
    ):
        token, address = places.get(secret), places.get(where)
        if getattr(settings, secret) is not None and address == str(PROJECT_FILE) and token != address:
            raise SettingsError(
                f"{where} comes from ./{PROJECT_FILE} and {secret} from {token}.",
                f"Set {PREFIX}{where.upper()} instead, or remove the line from the file.",
            )


def _places(flags: Mapping[str, object]) -> dict[str, str]:
    places = dict.fromkeys(flags, "a flag")
    for source in _sources(Settings):
        source()
        places = {**source.places, **places}
    return places


@dataclass(frozen=True)
class ShownSetting:
    """A setting as `devos config show` prints it."""

    name: str
    value: str
    source: str


def describe(settings: Settings, flags: Mapping[str, object] | None = None) -> list[ShownSetting]:
    """Every setting with its value, masked when secret, and where it came from."""
    places = _places({name: value for name, value in (flags or {}).items() if value is not None})
    return [
        ShownSetting(name, _shown(getattr(settings, name)), places.get(name, "default"))
        for name in Settings.model_fields
    ]


def _shown(value: object) -> str:
    if value is None:
        return ""
    if not isinstance(value, SecretStr):
        return str(value)
    parts = urlsplit(value.get_secret_value())
    if parts.scheme not in _SHOWN_SCHEMES:
        return _MASK
    # Of such a URL only the password is secret, and parameters may hold one too.
    user, at, host = parts.netloc.rpartition("@")
    login = user.split(":", 1)[0] + (f":{_MASK}" if ":" in user else "")
    return urlunsplit((parts.scheme, login + at + host, parts.path, _MASK if parts.query else "", ""))
