"""Sentences for every code, in every language; the language a request asks for."""

import ast
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import server
from server.web.catalogue import LANGUAGES, messages, preferred, sentence
from server.web.request import SETTLE

ROOT = Path(next(iter(server.__path__)))

ANSWERS = {"ApiError", "BadRule", "bye"}
"""Calls whose first argument is a code that a client sees."""

CONSTANTS = {"FORBIDDEN": "permission.denied", "UNKNOWN": "object.unknown"}


def raised() -> dict[str, str]:
    """Every code that the source hands to a client, and where."""
    found = dict.fromkeys(SETTLE.values(), "server/web/request.py")
    for file in sorted(ROOT.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            first = node.args[0]
            where = f"{file.relative_to(ROOT.parent)}:{node.lineno}"
            if name in ANSWERS and isinstance(first, ast.Constant) and isinstance(first.value, str):
                found[first.value] = where
            elif name == "ApiError" and isinstance(first, ast.Name):
                assert first.id in CONSTANTS, f"{where}: a code that this test cannot read"
                found[CONSTANTS[first.id]] = where
    return found


def test_every_code_has_a_sentence() -> None:
    codes = raised()
    assert len(codes) > 60
    missing = {code: where for code, where in codes.items() if code not in messages("en")}
    assert not missing, f"add them to server/web/messages: {missing}"


def test_the_languages_have_the_same_codes_and_differ() -> None:
    english = messages("en")
    for language in LANGUAGES:
        assert messages(language).keys() == english.keys()
        assert all(text.strip() and text.strip()[-1] in ".!?" for text in messages(language).values())
    for one, other in (("ky", "ru"), ("ky", "en"), ("ru", "en")):
        same = [code for code, text in messages(one).items() if messages(other)[code] == text]
        assert not same, f"{one} and {other} say the same: {same}"


def test_files_are_sorted_so_that_diffs_are_small() -> None:
    for language in LANGUAGES:
        keys = list(json.loads((ROOT / "web" / "messages" / f"{language}.json").read_text("utf-8")))
        assert keys == sorted(keys)


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "ky"),
        ("ru", "ru"),
        ("en-US,en;q=0.9,ru;q=0.8", "en"),
        ("de,fr;q=0.9", "ky"),
        ("ru;q=0.5,en;q=0.7", "en"),
        ("ru;q=0,en;q=0", "ky"),
        ("ru;q=nan,en;q=inf", "ky"),
        ("*", "ky"),
    ],
)
def test_preferred(header: str, language: str) -> None:
    assert preferred(header) == language


@given(st.text(max_size=700))
def test_any_header_gives_one_of_ours(header: str) -> None:
    assert preferred(header) in LANGUAGES


def test_a_code_without_a_sentence_still_answers() -> None:
    assert sentence("no.such", "ru") == messages("ru")["server.failed"]
    assert sentence("login.wrong", "de") == messages("ky")["login.wrong"]
