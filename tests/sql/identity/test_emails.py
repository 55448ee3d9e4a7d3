"""One form of an e-mail address: what is stored, compared and counted."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.world import World

SAME = [
    "ada@example.test",
    "ADA@example.test",
    "Ada@EXAMPLE.Test",
    " ada@example.test ",
    "ada@example.test\n",
    "\tada@example.test",
]
GOOD = [
    "a@b",
    "ada.lovelace+devos@mail.example.test",
    "o'brien@example.test",
    "x_y-z~1!#$%&*/=?^`{|}@example.test",
    "admin@devos.local",
    "a@xn--bcher-kva.example",
    "1@2.3",
]
NONE = [
    "\uff41da@example.test",  # fullwidth a
    "ada\uff20example.test",  # fullwidth at
    "ada@example\u3002test",  # ideographic full stop
    "\u0430da@example.test",  # Cyrillic a
    "ad\u00e5@example.test",
    "ada\u0301@example.test",  # a combining accent
    "ada@ex\u00e4mple.test",
    "ada\u200b@example.test",  # zero width space
    "ada\u00ad@example.test",  # soft hyphen
    "\u202eada@example.test",  # right-to-left override
    "\u00a0ada@example.test",  # no-break space
    "m\u0131ke@example.test",  # dotless i
    "m\u0130ke@example.test",  # dotted I
    "mi\u212ae@example.test",  # Kelvin sign
    "mi\u017fe@example.test",  # long s
    "\ufb01@example.test",  # ligature fi
    "ada@example.test.",
    "ada@example..test",
    "ada@.example.test",
    "ada@-example.test",
    "ada@example-.test",
    "ada@example_x.test",
    "ada@example.test/",
    "ada @example.test",
    "ada@exam ple.test",
    "ada\n@example.test",
    "ada@example.test\n.",
    "ada@@example.test",
    "ada@eve@example.test",
    "<ada@example.test>",
    "Ada <ada@example.test>",
    '"ada"@example.test',
    "ada@[127.0.0.1]",
    "ada,eve@example.test",
    "ada;eve@example.test",
    "ada\x7f@example.test",
    "ada\x01@example.test",
    "ada",
    "@example.test",
    "ada@",
    "@",
    "",
    " ",
    "a" * 310 + "@example.test",
    "ada@" + "a" * 64 + ".test",
]


async def normal(world: World, email: Any) -> Any:
    return await world.owner.value("select private.normal_email($1)", email)


async def test_an_address_has_one_form(world: World) -> None:
    assert {await normal(world, email) for email in SAME} == {"ada@example.test"}
    for email in GOOD:
        assert await normal(world, email) == email
    assert await normal(world, None) is None


async def test_what_is_no_plain_address_has_none(world: World) -> None:
    for email in NONE:
        assert await normal(world, email) is None, email


@pytest.mark.parametrize("alphabet", ["ABab.@-+ \t", None])
async def test_the_form_of_a_form_is_itself(world: World, alphabet: str | None) -> None:
    """Whatever is sent, a form is plain, and has no other form."""
    letters = st.sampled_from(alphabet) if alphabet else st.characters(exclude_categories=["Cs", "Cc"])
    sent = st.builds("{}@{}".format, st.text(letters, max_size=8), st.text(letters, max_size=8))
    login = await world.owner.connection()
    examples: set[str] = set()

    @given(sent)
    @settings(max_examples=200, database=None)
    def collect(email: str) -> None:
        examples.add(email)

    collect()
    rows = await login.fetch(
        "select f.form, private.normal_email(f.form) as again"
        " from unnest($1::text[]) e, private.normal_email(e) f (form)",
        sorted(examples),
    )
    for row in rows:
        assert row["form"] == row["again"]
        assert row["form"] is None or (row["form"].isascii() and row["form"] == row["form"].lower())


async def test_of_an_address_there_is_one_account(world: World) -> None:
    insert = "insert into auth.users (id, email) values (gen_random_uuid(), private.normal_email($1))"
    await world.owner.fetch(insert, SAME[0])
    for email in SAME[1:]:
        with pytest.raises(Exception, match="users_email_key"):
            await world.owner.fetch(insert, email)
