"""The slips for a first login (R26): a printable page with many on one sheet, to be cut apart. Pure.

Flows in: logins, names and one-time passwords. Flows out: one HTML document. The passwords are not
stored; whoever made them hands them in again to have them printed.
"""

from collections.abc import Iterable
from html import escape
from importlib import resources
from typing import Literal, NamedTuple

SlipLanguage = Literal["ky", "ru", "en"]


class Slip(NamedTuple):
    login: str
    name: str
    password: str


WORDS: dict[SlipLanguage, dict[str, str]] = {
    "ky": {
        "title": "Биринчи кирүү үчүн баракчалар",
        "address": "Дареги",
        "login": "Логин",
        "password": "Бир жолку сыр сөз",
        "note": "Биринчи киргенде өз сыр сөзүңүздү коюңуз. Баракчаны эч кимге бербеңиз.",
    },
    "ru": {
        "title": "Листки для первого входа",
        "address": "Адрес",
        "login": "Логин",
        "password": "Одноразовый пароль",
        "note": "При первом входе задайте свой пароль. Никому не передавайте этот листок.",
    },
    "en": {
        "title": "Slips for the first login",
        "address": "Address",
        "login": "Login",
        "password": "One-time password",
        "note": "Set a password of your own when you first log in. Give this slip to nobody.",
    },
}

STYLE_PATH = "/slips.css"


def style() -> str:
    """The style sheet of the page."""
    return resources.files("server.people").joinpath("texts", "slips.css").read_text("utf-8")


def page(slips: Iterable[Slip], language: SlipLanguage, url: str, *, inline: bool = False) -> str:
    """The document. `inline` puts the style into it, for a file on disk; served pages link it."""
    words = WORDS[language]
    look = f"<style>{style()}</style>" if inline else f'<link rel="stylesheet" href="{STYLE_PATH}">'
    cards = "\n".join(_card(slip, words, url) for slip in slips)
    return (
        f'<!doctype html>\n<html lang="{language}"><head><meta charset="utf-8">'
        f"<title>{escape(words['title'])}</title>{look}</head>\n<body><main>\n{cards}\n</main></body></html>\n"
    )


def _card(slip: Slip, words: dict[str, str], url: str) -> str:
    return (
        f"<section><h2>{escape(slip.name)}</h2><dl>"
        f"<dt>{escape(words['address'])}</dt><dd>{escape(url)}</dd>"
        f"<dt>{escape(words['login'])}</dt><dd>{escape(slip.login)}</dd>"
        f"<dt>{escape(words['password'])}</dt><dd><code>{escape(slip.password)}</code></dd>"
        f"</dl><p>{escape(words['note'])}</p></section>"
    )
