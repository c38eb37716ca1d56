"""The consent texts of the package (R17): complete in three languages, and honest about refusing."""

import pytest

from server.errors import ApiError
from server.people.consents import REQUIRED, check, texts
from server.web.catalogue import LANGUAGES

REFUSING = {"ky": "макул болбосоңуз", "ru": "не согласны", "en": "do not agree"}
WHOM = {"ky": "окуу бөлүмү", "ru": "учебный отдел", "en": "education office"}


@pytest.mark.parametrize("name", REQUIRED)
def test_each_text_is_whole_in_each_language(name: str) -> None:
    text = texts()[name]
    assert set(text.bodies) == set(text.titles) == set(LANGUAGES)
    shapes = set()
    for language in LANGUAGES:
        body = text.bodies[language]
        assert len(body) > 600 and text.titles[language]
        headings = [line for line in body.splitlines() if line.startswith("## ")]
        points = [line for line in body.splitlines() if line.startswith("- ")]
        shapes.add((len(headings), len(points)))
        assert REFUSING[language] in headings[-1].lower()
        assert WHOM[language] in body.rpartition("## ")[2].lower()
    assert len(shapes) == 1, "a language has lost a part"
    assert len(set(text.bodies.values())) == len(LANGUAGES)


def test_versions_are_checked() -> None:
    check("personal_data", texts()["personal_data"].version)
    with pytest.raises(ApiError, match=r"consent\.outdated"):
        check("personal_data", "1")
    with pytest.raises(ApiError, match=r"consent\.unknown"):
        check("../../etc/passwd", "1")
