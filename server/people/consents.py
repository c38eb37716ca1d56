"""The texts that people accept at their first login (R17): personal data, platform rules, honesty.

Flows in: the Markdown files of `texts/` and what an account has accepted. Flows out: what is pending,
in the reader's language. Each text has one version for all three languages; a new version is asked for
again. Refusing is done by not accepting: the texts say whom to turn to, and there is no penalty.
"""

import functools
from importlib import resources

import msgspec
from sqlalchemy import select

from server.errors import ApiError
from server.house import House
from server.people.tables import ConsentRow
from server.web.catalogue import DEFAULT, LANGUAGES

REQUIRED = ("personal_data", "platform_rules", "academic_honesty")
"""In the order in which they are shown."""


GUEST_REQUIRED = ("personal_data", "platform_rules")
"""What a guest agrees to; academic honesty binds students."""


class Text(msgspec.Struct, frozen=True):
    """One text: title and Markdown body by language."""

    name: str
    version: str
    titles: dict[str, str]
    bodies: dict[str, str]


class PendingText(msgspec.Struct):
    """A text to accept; `body` is Markdown."""

    text: str
    version: str
    title: str
    body: str


@functools.cache
def texts() -> dict[str, Text]:
    """Every text of the package. A file is ``version: DATE``, an empty line, ``# Title``, the body."""
    found = {}
    for name in REQUIRED:
        versions: set[str] = set()
        titles: dict[str, str] = {}
        bodies: dict[str, str] = {}
        for language in LANGUAGES:
            file = resources.files("server.people").joinpath("texts", f"{name}.{language}.md")
            head, _, rest = file.read_text("utf-8").partition("\n\n")
            title, _, body = rest.partition("\n")
            versions.add(head.removeprefix("version:").strip())
            titles[language] = title.removeprefix("#").strip()
            bodies[language] = body.strip()
        assert len(versions) == 1, f"{name}: the languages have different versions"
        found[name] = Text(name, versions.pop(), titles, bodies)
    return found


async def pending(house: House, user: str, language: str) -> list[PendingText]:
    """What the account has not accepted yet, in order."""
    async with house.store.read() as db:
        rows = await db.execute(select(ConsentRow.text, ConsentRow.version).where(ConsentRow.user == user))
        have = {(text, version) for text, version in rows}
    return [in_language(text, language) for name, text in texts().items() if (name, text.version) not in have]


def for_guests(language: str) -> list[PendingText]:
    """What a guest agrees to before entering, in order."""
    return [in_language(texts()[name], language) for name in GUEST_REQUIRED]


def in_language(text: Text, language: str) -> PendingText:
    language = language if language in LANGUAGES else DEFAULT
    return PendingText(text.name, text.version, text.titles[language], text.bodies[language])


def check(name: str, version: str) -> None:
    """Raises:
    ApiError: 404 `consent.unknown`; 409 `consent.outdated` when a newer version is to be read first.
    """
    text = texts().get(name)
    if text is None:
        raise ApiError("consent.unknown", 404)
    if text.version != version:
        raise ApiError("consent.outdated", 409, version=text.version)
