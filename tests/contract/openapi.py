"""Print the OpenAPI document: `python -m tests.contract.openapi > docs/reference/openapi.json`."""

from __future__ import annotations

import json

from control_plane.app import create_app
from control_plane.http.openapi import describe
from control_plane.platform.settings import load_settings
from tests.support.api import ENCRYPTION_KEY, new_signing_key


def document() -> str:
    """The document as it is kept. It needs no database: nothing is opened."""
    app = create_app(
        load_settings(
            {
                "database_url": "postgresql://nowhere/nothing",
                "encryption_keys": ENCRYPTION_KEY,
                "jwt_private_key": new_signing_key(),
            }
        )
    )
    return json.dumps(describe(app), indent=2, sort_keys=True, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    print(document(), end="")
