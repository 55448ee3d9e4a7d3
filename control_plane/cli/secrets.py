"""`devos secrets rotate`."""

from __future__ import annotations

import asyncio

from control_plane.cli.output import Data, Json, emit, say
from control_plane.platform.errors import OperatorError
from control_plane.platform.secrets import open_keyring, rotate_encryption_keys, rotate_jwt_private_key
from control_plane.platform.settings import load_settings


def rotate(data: Data = None, as_json: Json = False) -> None:
    """Encrypt stored secrets anew under a new key, and sign people's tokens with a new one.

    Nobody is signed out, and interrupted it is run again. Keys that come from the environment are left alone;
    docs/howto/secrets.md says in which order to change those.

    Examples: `devos secrets rotate`, `devos secrets rotate --json`
    """
    from control_plane.cli.embedded import connected
    from control_plane.domains.secrets.rotation import reseal

    given = load_settings({"data": data})
    settings = connected(given, need="admin_database_url")
    own_signing_key = given.jwt_private_key is None and settings.jwt_private_key is not None
    own_keys = given.encryption_keys is None and settings.encryption_keys is not None
    if own_keys:
        rotate_encryption_keys(settings.data)
        settings = connected(given, need="admin_database_url")
    assert settings.admin_database_url is not None
    done = asyncio.run(reseal(settings.admin_database_url.get_secret_value(), open_keyring(settings)))
    if done.unreadable:
        raise OperatorError(
            f"{len(done.unreadable)} of the secrets cannot be opened: {', '.join(done.unreadable[:10])}.",
            "Add the key that sealed them to the keyring and run this again, or set them anew.",
        )
    if own_signing_key:
        rotate_jwt_private_key(settings.data)
    if as_json:
        emit(
            {
                "new_encryption_key": own_keys,
                "new_signing_key": own_signing_key,
                "secrets": done.resealed,
            }
        )
        return
    if own_signing_key:
        say("A new key signs people's tokens. The one before verifies what it signed.")
    if own_keys:
        say("There is a new key for secrets. The older ones stay, for backups.")
    say(f"Encrypted anew: {done.resealed}.")
