"""What the built pages weigh as they are sent: the log-in page under 150 kB, the class with everything that
it may ask for later under 250 kB (LOOKS), by Brotli and by gzip. In Russian, whose words are the longest.

The files that a page draws in are followed through the built scripts, at once or on demand; what measures
the network before the class asks for its largest script once more.
"""

import re
from pathlib import Path

import pytest

from server.web.client import DIST

ASSETS = DIST / "assets"
LANGUAGE = "ru"
FIRST, CLASS = 150_000, 250_000  # bytes

pytestmark = pytest.mark.skipif(not (DIST / "index.html").is_file(), reason="the client is not built")


def words(pack: str) -> list[str]:
    return [path.name for path in ASSETS.glob(f"words-{pack}-{LANGUAGE}-*.js")]


def entry() -> list[str]:
    return re.findall(r"assets/([\w.-]+\.(?:js|css))", (DIST / "index.html").read_text())


def drawn(starts: list[str], *, later: bool) -> set[str]:
    """All files that these need; with `later` also those that they ask for when something is opened."""
    first = set(entry())
    seen: set[str] = set()
    waiting = list(starts)
    while waiting:
        name = waiting.pop()
        if name in seen or not (ASSETS / name).is_file():
            continue
        seen.add(name)
        if not name.endswith(".js"):
            continue
        text = (ASSETS / name).read_text()
        waiting += re.findall(r'(?:from|import)\s*"\./([\w.-]+\.js)"', text)
        if later and name not in first:  # the entry asks for every page there is
            asked = re.findall(r'assets/([\w.-]+\.(?:js|css))|import\("\./([\w.-]+\.js)"\)', text)
            waiting += [one or other for one, other in asked if not (one or other).startswith("words-")]
    return seen


def weight(files: set[str], twin: str) -> int:
    def sent(path: Path) -> int:
        other = path.with_name(path.name + twin)
        return (other if other.is_file() else path).stat().st_size

    return sum(sent(ASSETS / name) for name in files) + sent(DIST / "index.html")


def page(mark: str) -> list[str]:
    """The script that draws something, by a test id in it."""
    return [path.name for path in ASSETS.glob("*.js") if f'"{mark}"' in path.read_text()]


@pytest.mark.parametrize("twin", [".br", ".gz"])
def test_the_log_in_page_is_light(twin: str) -> None:
    files = drawn([*entry(), *page("login-submit"), *words("base")], later=False)
    assert any(name.startswith("words-base") for name in files)
    assert weight(files, twin) < FIRST


@pytest.mark.parametrize("twin", [".br", ".gz"])
def test_the_class_is_light_with_all_it_may_open(twin: str) -> None:
    files = drawn([*entry(), *page("prejoin-join"), *words("base"), *words("class")], later=True)
    names = " ".join(files)
    assert all(part in names for part in ("words-class", "SlidesStage", "Ask-", "room-"))
    largest = max(weight({name}, twin) for name in files)
    assert weight(files, twin) + largest < CLASS
