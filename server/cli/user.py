"""`sabak user`: make, list, reset and disable accounts, give and take roles; also beside a running server.

The command opens the same database as the server and writes through the same trace; the database lets
one of them write at a time. A running server hears of the change within ten seconds.
"""

import argparse
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING

from server.cli import Subparsers, settings_of

if TYPE_CHECKING:
    from server.house import House
    from server.people.accounts import OneTime
    from server.permissions import Grant

ACTOR = "system"
"""Who did it, in the trace: somebody with access to the machine."""


def register(subparsers: Subparsers) -> None:
    parser = subparsers.add_parser("user", help="accounts and roles", description=__doc__)
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    add = actions.add_parser("add", help="make an account; prints its one-time password")
    add.add_argument("login")
    add.add_argument("name", help="full name")
    add.add_argument("--role", action="append", required=True, help="ROLE or ROLE:SCOPE_KIND:SCOPE_ID")
    add.add_argument("--email", default="")
    _slip(add)
    add.set_defaults(run=lambda arguments: _run(arguments, _add))
    reset = actions.add_parser("reset", help="give a one-time password; ends every login")
    reset.add_argument("login", nargs="+")
    _slip(reset)
    reset.set_defaults(run=lambda arguments: _run(arguments, _reset))
    shown = actions.add_parser("list", help="list accounts")
    shown.add_argument("query", nargs="?", default="", help="part of a name or login")
    shown.add_argument("--role", default="")
    shown.set_defaults(run=lambda arguments: _run(arguments, _list))
    for name, disabled in (("disable", True), ("enable", False)):
        switch = actions.add_parser(name, help=f"{name} an account")
        switch.add_argument("login")
        switch.set_defaults(run=lambda arguments: _run(arguments, _switch), disabled=disabled)
    role = actions.add_parser("role", help="give or take a role")
    role.add_argument("what", choices=("give", "take"))
    role.add_argument("login")
    role.add_argument("role", help="ROLE or ROLE:SCOPE_KIND:SCOPE_ID")
    role.set_defaults(run=lambda arguments: _run(arguments, _role))


def _slip(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--slips", type=Path, metavar="FILE", help="write printable slips (HTML)")
    parser.add_argument("--language", choices=("ky", "ru", "en"), default="ky", help="of the slips")


def _run(arguments: argparse.Namespace, work: Callable[["House", argparse.Namespace], Awaitable[int]]) -> int:
    import asyncio

    from server.app import open_house
    from server.errors import ApiError, ServerError
    from server.web.catalogue import sentence

    async def inside() -> int:
        rooms = ("server.people.room", "server.plan.room")
        async with open_house(settings_of(arguments), rooms) as house:
            return await work(house, arguments)

    try:
        return asyncio.run(inside())
    except ApiError as error:
        raise ServerError(error.code, sentence(error.code, "en")) from None


async def _add(house: "House", arguments: argparse.Namespace) -> int:
    from server.people.accounts import Accounts

    roles = [await _grant(house, text) for text in arguments.role]
    made = await house.part(Accounts).add(
        ACTOR, arguments.login, arguments.name, roles, email=arguments.email
    )
    _hand_out(house, [made], arguments)
    return 0


async def _reset(house: "House", arguments: argparse.Namespace) -> int:
    from server.people.accounts import Accounts

    users = [await _find(house, login) for login in arguments.login]
    _hand_out(house, [await house.part(Accounts).reset(ACTOR, user) for user in users], arguments)
    return 0


async def _list(house: "House", arguments: argparse.Namespace) -> int:
    from server.people.search import search
    from server.permissions import UNIVERSITY

    after = ""
    while True:
        page = await search(
            house, frozenset({UNIVERSITY}), arguments.query, arguments.role, after=after, limit=200
        )
        for user in page.items:
            roles = " ".join(
                role.role
                if role.scope_kind == "university"
                else f"{role.role}:{role.scope_kind}:{role.scope}"
                for role in user.roles
            )
            print(user.login, user.name, roles, *(["disabled"] if user.disabled else []), sep="\t")
        after = page.next
        if not after:
            return 0


async def _switch(house: "House", arguments: argparse.Namespace) -> int:
    from server.people.accounts import Accounts

    user = await _find(house, arguments.login)
    await house.part(Accounts).disable(ACTOR, user, arguments.disabled)
    print(f"{arguments.login} is {'disabled' if arguments.disabled else 'enabled'}.")
    return 0


async def _role(house: "House", arguments: argparse.Namespace) -> int:
    from server.errors import ApiError
    from server.people.accounts import Accounts
    from server.people.person import roles_of

    user, grant = await _find(house, arguments.login), await _grant(house, arguments.role)
    accounts = house.part(Accounts)
    if arguments.what == "give":
        await accounts.grant(ACTOR, user, grant)
    else:
        async with house.store.read() as db:
            held = [role.id for role in await roles_of(db, user) if role.grant == grant]
        if not held:
            raise ApiError("role.unknown", 404)
        await accounts.revoke(ACTOR, user, held[0])
    print(f"{arguments.login}: {arguments.role} {'given' if arguments.what == 'give' else 'taken'}.")
    return 0


async def _find(house: "House", login: str) -> str:
    from sqlalchemy import select

    from server.errors import ServerError
    from server.people.accounts import fold
    from server.people.tables import UserRow

    async with house.store.read() as db:
        found = await db.scalar(select(UserRow.id).where(UserRow.folded == fold(login)))
    if found is None:
        raise ServerError("object.unknown", f"There is no account {login}.")
    return found


async def _grant(house: "House", text: str) -> "Grant":
    from server.errors import ServerError
    from server.permissions import UNIVERSITY, Grant, Scope
    from server.permissions.model import ROLES, SCOPE_KINDS
    from server.permissions.relations import scope_exists

    name, _, where = text.partition(":")
    kind, _, identifier = where.partition(":")
    if name not in ROLES or name == "guest":
        raise ServerError("role.unknown", f"{name} is no role; there are: {', '.join(ROLES[:-1])}.")
    scope = UNIVERSITY
    if where:
        if kind not in SCOPE_KINDS or kind == "lesson" or not identifier:
            raise ServerError(
                "role.scope", f"{text}: write ROLE:faculty:ID, ROLE:department:ID or ROLE:group:ID."
            )
        scope = Scope(kind, identifier)
        if not await scope_exists(house, scope):
            raise ServerError("role.scope", f"{text}: there is no such {kind}.")
    return Grant(name, scope)


def _hand_out(house: "House", made: list["OneTime"], arguments: argparse.Namespace) -> None:
    from server.people.slips import Slip, page

    for each in made:
        print(each.login, each.password, sep="\t")
    if arguments.slips:
        slips = [Slip(each.login, each.name, each.password) for each in made]
        arguments.slips.touch(mode=0o600)
        arguments.slips.write_text(
            page(slips, arguments.language, house.settings.url, inline=True), encoding="utf-8"
        )
