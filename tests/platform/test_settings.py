from __future__ import annotations

import os
from pathlib import Path

import pytest

from control_plane.platform import settings as module
from control_plane.platform.paths import repository_folder
from control_plane.platform.secrets import jwt_private_key
from control_plane.platform.settings import Settings, SettingsError, describe, load_settings
from control_plane.platform.settings_reference import env_example, settings_page

STRONG = "9f2c4b7d1e8a6053c4d2"


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """No setting from outside the test: an empty project folder, user folder and environment."""
    for name in list(os.environ):
        if name.startswith(("DEVOS_", "GITHUB_")):
            monkeypatch.delenv(name)
    monkeypatch.setattr(module, "user_config_file", lambda: tmp_path / "user" / "devos.toml")
    (tmp_path / "user").mkdir()
    (tmp_path / "project").mkdir()
    monkeypatch.chdir(tmp_path / "project")
    return tmp_path


def test_a_flag_beats_the_environment_beats_the_project_beats_the_user(
    clean: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (clean / "user" / "devos.toml").write_text(
        "port = 1\nhost = 'user'\ngithub_api_url = 'https://user.test'\nlog_level = 'debug'"
    )
    assert load_settings().port == 1
    (clean / "project" / "devos.toml").write_text(
        "port = 2\nhost = 'project'\ngithub_api_url = 'https://project.test'"
    )
    assert load_settings().port == 2
    monkeypatch.setenv("DEVOS_PORT", "3")
    monkeypatch.setenv("DEVOS_HOST", "environment")
    assert load_settings().port == 3
    flags = {"port": 4, "host": None}
    settings = load_settings(flags)
    assert (settings.port, settings.host, settings.github_api_url) == (
        4,
        "environment",
        "https://project.test",
    )
    sources = {row.name: row.source for row in describe(settings, flags)}
    assert sources["port"] == "a flag"
    assert sources["host"] == "DEVOS_HOST"
    assert sources["github_api_url"] == "devos.toml"
    assert sources["log_level"] == str(clean / "user" / "devos.toml")
    assert sources["log_format"] == "default"


def test_an_older_name_counts_and_the_own_name_beats_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_API_URL", "http://older/")
    assert load_settings().github_api_url == "http://older"
    monkeypatch.setenv("DEVOS_GITHUB_API_URL", "http://own")
    assert load_settings().github_api_url == "http://own"


def test_an_empty_variable_counts_as_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEVOS_DATABASE_URL", "")
    monkeypatch.setenv("DEVOS_PORT", "")
    assert load_settings().embedded
    assert load_settings().port == 8000


def test_a_secret_comes_from_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text(STRONG + "\n")
    monkeypatch.setenv("GITHUB_WEBHOOK_SECRET_FILE", str(file))
    settings = load_settings()
    assert settings.github_webhook_secret is not None
    assert settings.github_webhook_secret.get_secret_value() == STRONG
    monkeypatch.setenv("GITHUB_WEBHOOK_SECRET", STRONG)
    with pytest.raises(SettingsError, match="Both GITHUB_WEBHOOK_SECRET and GITHUB_WEBHOOK_SECRET_FILE"):
        load_settings()


def test_a_secret_file_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DEVOS_GITHUB_TOKEN_FILE", str(tmp_path / "missing"))
    with pytest.raises(
        SettingsError, match=r"DEVOS_GITHUB_TOKEN_FILE names .*/missing, which cannot be read"
    ):
        load_settings()


@pytest.mark.parametrize("weak", ["short", "a" * 40, "changeme-changeme-changeme", "password1234567890"])
def test_a_secret_that_can_be_guessed_is_refused_and_not_repeated(
    weak: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_WEBHOOK_SECRET", weak)
    with pytest.raises(
        SettingsError, match=r"github_webhook_secret \(from GITHUB_WEBHOOK_SECRET\)"
    ) as refusal:
        load_settings()
    assert "openssl rand" in refusal.value.message
    assert weak not in refusal.value.message


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("DEVOS_PORT", "65536", "less than or equal to 65535"),
        ("DEVOS_PORT", "x", "valid integer"),
        ("DEVOS_PORT", "-1", "greater than or equal to 0"),
        ("DEVOS_LOG_LEVEL", "loud", "'debug', 'info', 'warning' or 'error'"),
        ("DEVOS_GITHUB_API_URL", "ftp://x", "pattern"),
        ("DEVOS_DATABASE_URL", "mysql://u:hidden-word@h/d", "postgresql://"),
        ("DEVOS_JWT_PRIVATE_KEY", "hidden-word", "PEM"),
    ],
)
def test_a_wrong_value_is_explained_with_its_source_and_never_repeated_when_secret(
    name: str, value: str, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as refusal:
        load_settings()
    assert f"(from {name}) is not valid" in refusal.value.message
    assert reason in refusal.value.message
    assert "hidden-word" not in f"{refusal.value.message}{refusal.value.__cause__}"


def test_an_unknown_setting_in_a_file_is_refused(clean: Path) -> None:
    (clean / "project" / "devos.toml").write_text("prot = 1")
    with pytest.raises(SettingsError, match=r"devos\.toml has the unknown setting prot"):
        load_settings()


def test_a_file_that_is_no_toml_is_named(clean: Path) -> None:
    (clean / "project" / "devos.toml").write_text("port 1")
    with pytest.raises(SettingsError, match=r"devos\.toml cannot be read"):
        load_settings()


def test_only_a_p256_key_signs_tokens(tmp_path: Path) -> None:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ed25519

    assert load_settings({"jwt_private_key": jwt_private_key(tmp_path)}).jwt_private_key is not None
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    other = ed25519.Ed25519PrivateKey.generate().private_bytes(*form).decode()
    with pytest.raises(SettingsError, match="P-256"):
        load_settings({"jwt_private_key": other})


def test_the_key_of_a_data_folder_is_made_once_and_private(tmp_path: Path) -> None:
    first = jwt_private_key(tmp_path)
    assert jwt_private_key(tmp_path) == first
    file = tmp_path / "secrets" / "jwt_private_key.pem"
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700


def test_secrets_are_masked_wherever_settings_are_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(
        "DEVOS_DATABASE_URL", "postgresql://devos_login:pa55word@db:5432/devos?sslpassword=pa55word"
    )
    monkeypatch.setenv("GITHUB_TOKEN", "pa55word-token")
    settings = load_settings()
    shown = {row.name: row.value for row in describe(settings)}
    assert shown["database_url"] == "postgresql://devos_login:********@db:5432/devos?********"
    assert shown["github_token"] == "********"
    assert "pa55word" not in f"{settings!r} {settings} {settings.model_dump_json()} {shown}"


def test_settings_do_not_change_after_they_were_read() -> None:
    with pytest.raises(ValueError, match="frozen"):
        load_settings().port = 1


def test_two_projects_have_two_data_folders(clean: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = Settings().data
    monkeypatch.chdir(clean)
    assert Settings().data.parent == here.parent
    assert Settings().data != here
    monkeypatch.setenv("DEVOS_DATA", "relative")
    assert Settings().data == clean / "relative"


@pytest.mark.parametrize(
    ("file", "expected"), [("docs/reference/settings.md", settings_page), (".env.example", env_example)]
)
def test_the_generated_pages_are_up_to_date(file: str, expected: object) -> None:
    assert callable(expected)
    found = (repository_folder() / file).read_text()
    assert found == expected(), "run `python -m control_plane.platform.settings_reference`"


def test_a_folder_does_not_say_where_a_token_is_sent(clean: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (clean / "project" / "devos.toml").write_text("github_api_url = 'https://elsewhere.test'")
    monkeypatch.setenv("GITHUB_TOKEN", "ghp_canary0canary0")
    with pytest.raises(SettingsError, match="github_api_url comes from"):
        load_settings()
    monkeypatch.setenv("DEVOS_GITHUB_API_URL", "https://github.example.test")
    assert load_settings().github_api_url == "https://github.example.test"
