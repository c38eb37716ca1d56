"""One mail: from plain words to a message that no mail server can take for something else.

Pure. Flows in: subject and text as the house says them (names of lessons and people are what somebody
typed). Flows out: an `EmailMessage` of plain text and simple HTML with one sender and one recipient. A
header gets no control character, so nothing in a title can begin another header or a second message.
"""

import html
import re
from collections.abc import Sequence
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

import msgspec

from server.settings_values import MAIL_ADDRESS

MOST_SUBJECT = 150
"""Characters; mail programs show about half of it."""

_LINK = re.compile(r"https?://[^\s<>\"]+")
_POLICY = SMTP.clone(max_line_length=76)


class Said(msgspec.Struct, frozen=True):
    """One notice inside of a mail. `link` is a whole address, or empty."""

    title: str
    text: str
    link: str


def is_address(text: str) -> bool:
    """Whether mail can be sent there: a plain address of letters that every mail server takes."""
    return len(text) <= 254 and MAIL_ADDRESS.fullmatch(text) is not None


def one_line(text: str, most: int) -> str:
    """What may stand in a header: no control characters, nothing that turns the direction of reading, and
    not longer than `most` characters."""
    plain = "".join(letter if letter.isprintable() else " " for letter in text)
    found = " ".join(plain.split())
    return found if len(found) <= most else found[: most - 1].rstrip() + "…"


def body_of(notices: Sequence[Said], foot: str) -> str:
    """The text of a mail about these notices."""
    parts = ["\n".join(part for part in (one.title, one.text, one.link) if part) for one in notices]
    return "\n\n".join([*parts, "-- \n" + foot])


def build(
    *,
    sender: str,
    recipient: str,
    subject: str,
    text: str,
    language: str,
    key: str,
    at: datetime,
    reply_to: str = "",
) -> EmailMessage:
    """The message. `key` makes its Message-ID: the same letter sent twice is seen as one.

    Raises:
        ValueError: sender, recipient or reply address is no plain mail address.
    """
    message = EmailMessage(policy=_POLICY)
    message["From"] = Address("Sabak", addr_spec=_checked(sender))
    message["To"] = Address(addr_spec=_checked(recipient))
    if reply_to:
        message["Reply-To"] = Address(addr_spec=_checked(reply_to))
    message["Subject"] = one_line(subject, MOST_SUBJECT)
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<{key}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    clean = _text(text)
    message.set_content(clean, cte="base64")
    message.add_alternative(_html(clean, language), subtype="html", cte="base64")
    message["Content-Language"] = language  # last: whoever sets content takes such headers along
    return message


def _checked(address: str) -> str:
    if not is_address(address):
        raise ValueError("no mail address")
    return address


def _text(text: str) -> str:
    """Lines and tabs stay; other control characters and lone surrogates do not."""
    kept = (letter if letter in "\n\t" or letter.isprintable() else " " for letter in text)
    return "".join(kept).strip() + "\n"


def _html(text: str, language: str) -> str:
    """Paragraphs with clickable links; everything else is escaped. No picture, no style from outside."""
    paragraphs = "".join(
        f"<p>{_linked(part).replace(chr(10), '<br>')}</p>" for part in text.strip().split("\n\n") if part
    )
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>Sabak</title></head>'
        f'<body style="font-family:sans-serif;line-height:1.5">{paragraphs}</body></html>'
    )


def _linked(text: str) -> str:
    found, at = [], 0
    for link in _LINK.finditer(text):
        found.append(html.escape(text[at : link.start()]))
        address = html.escape(link[0])
        found.append(f'<a href="{address}">{address}</a>')
        at = link.end()
    return "".join([*found, html.escape(text[at:])])
