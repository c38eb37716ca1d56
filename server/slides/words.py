"""What the class is told of slides in passing: how a deck gets on, the pointer, a stroke in the making."""

from server.live.words import Word
from server.slides.decks import DeckView


class SlidesDeckNews(Word, tag_field="type", tag="slides.deck"):
    """A deck of the lesson as it is now; `state` `removed` when it is gone."""

    deck: DeckView


class SlidesPointNews(Word, tag_field="type", tag="slides.point"):
    """Where somebody points; `x` below 0: nowhere any more."""

    person: str
    deck: str
    page: int
    x: int
    y: int


class SlidesTrailNews(Word, tag_field="type", tag="slides.trail"):
    """More points of a stroke that is being drawn, absolute; its entry comes when it is finished."""

    person: str
    deck: str
    page: int
    stroke: str
    shape: str
    colour: str
    width: int
    points: list[int]
