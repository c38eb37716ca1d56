"""The page of the house names every room there is."""

from pathlib import Path

HOUSE = Path(__file__).resolve().parents[2]


def test_every_room_is_on_the_page_of_the_house() -> None:
    page = (HOUSE / "docs" / "architecture.md").read_text("utf-8")
    rooms = sorted(each.parent.name for each in (HOUSE / "server").glob("*/__init__.py"))
    assert len(rooms) > 20
    assert [room for room in rooms if f"\n  {room}/ " not in page] == []
