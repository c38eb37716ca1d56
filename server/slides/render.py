"""A file of slides into pictures of its pages: a short-lived process of its own, with limits.

Flows in: a PDF or a picture that somebody uploaded, which may be broken or hostile. Flows out: files
`pN-W.webp` in the folder, and on standard output one JSON line a step: `{"pages"}`, then for each page
`{"page", "width", "height", "text"}`, or `{"failed": code}`. The process limits itself before it reads the
first byte; if the limits end it, whoever started it sees that in its exit status. Nothing of the server
is imported here.
"""

import argparse
import json
import os
import resource
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

WIDTHS = (1920, 960)
"""Pixels: a projector, and a phone with two or three device pixels to one of the page."""

TALLEST = 2.5
"""Height by width; what is taller is made narrower. A4 upright has 1.41."""

MOST_PIXELS = 60_000_000
"""Of a picture that is uploaded: a good camera's."""

TEXT = 2000
"""Characters of a page's text that are kept, for those who hear the page instead of seeing it."""

MEMORY = 1500 * 1024 * 1024
"""Bytes of address space, libraries included. A page of 1920 x 2700 pixels takes 20 MB."""

CPU_SECONDS = 600
FILE_BYTES = 64 * 1024 * 1024
QUALITY = 82
EFFORT = 2
"""Of WebP, 0 to 6: 2 takes a third of the time of 4 and makes files a tenth larger."""


class Failed(Exception):
    """`code` is one of the stable codes `slides.*`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def limit() -> None:
    """From now on little memory, little time, no large files, and after everybody else."""
    os.nice(10)
    for kind, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, FILE_BYTES),
        (resource.RLIMIT_NOFILE, 64),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (most, most))


def scale_of(width: float, height: float, target: int) -> tuple[int, int]:
    """Pixels of a page at `target` width, narrower when it is very tall."""
    if not (width > 0 and height > 0):
        raise Failed("slides.broken")
    ratio = max(height / width, 0.02)
    wide = target if ratio <= TALLEST else max(1, round(target * TALLEST / ratio))
    return wide, max(1, min(round(wide * ratio), round(target * TALLEST)))


def plain(text: str) -> str:
    """The text of a page on few lines, without what does not show."""
    words = "".join(" " if unicodedata.category(letter)[0] == "C" else letter for letter in text[: 4 * TEXT])
    return " ".join(words.split())[:TEXT]


def pages_of_pdf(source: Path, most: int) -> Iterator[Any]:
    """The number of pages, then `(page, text)` of each; `page` draws itself at a size."""
    import pypdfium2 as pdfium
    import pypdfium2.raw as raw

    try:
        document = pdfium.PdfDocument(source)
    except pdfium.PdfiumError:
        locked = raw.FPDF_GetLastError() == raw.FPDF_ERR_PASSWORD
        raise Failed("slides.encrypted" if locked else "slides.broken") from None
    count = len(document)
    if count > most:
        raise Failed("slides.pages")
    if count < 1:
        raise Failed("slides.broken")
    yield count
    document.init_forms()
    for index in range(count):
        try:
            page = document[index]
        except pdfium.PdfiumError:
            raise Failed("slides.broken") from None
        try:
            text = page.get_textpage().get_text_range(0, -1)
        except pdfium.PdfiumError:
            text = ""  # a page without its text is still a page
        yield page, text
        page.close()


def draw_pdf(page: Any, target: int) -> Any:
    width, height = page.get_size()
    wide, high = scale_of(width, height, target)
    image = page.render(scale=wide / width, rev_byteorder=True).to_pil().convert("RGB")
    return image if image.size[1] <= high else image.crop((0, 0, image.size[0], high))


def open_picture(source: Path) -> Any:
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    try:
        image = Image.open(source, formats=("PNG", "JPEG", "WEBP"))
        if image.size[0] * image.size[1] > MOST_PIXELS:
            raise Failed("slides.heavy")
        return ImageOps.exif_transpose(image).convert("RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise Failed("slides.broken") from None


def save(image: Any, folder: Path, number: int, width: int) -> None:
    """Written under another name first: nobody can be sent half a page."""
    path = folder / f"p{number}-{width}.webp"
    image.save(path.with_suffix(".part"), "WEBP", quality=QUALITY, method=EFFORT)
    path.with_suffix(".part").replace(path)


def render(source: Path, folder: Path, kind: str, most: int) -> Iterator[dict[str, Any]]:
    """Draw every page; yields the lines to say."""
    if kind == "picture":
        whole = open_picture(source)
        yield {"pages": 1}
        sizes = [scale_of(whole.width, whole.height, width) for width in WIDTHS]
        for width, size in zip(WIDTHS, sizes, strict=True):
            save(whole.resize(size), folder, 1, width)
        yield {"page": 1, "width": sizes[0][0], "height": sizes[0][1], "text": ""}
        return
    pages = pages_of_pdf(source, most)
    yield {"pages": next(pages)}
    for number, (page, text) in enumerate(pages, start=1):
        large = draw_pdf(page, WIDTHS[0])
        save(large, folder, number, WIDTHS[0])
        small = scale_of(large.width, large.height, WIDTHS[1])
        save(large.resize(small), folder, number, WIDTHS[1])
        yield {"page": number, "width": large.size[0], "height": large.size[1], "text": plain(text)}


def say(line: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--kind", choices=("pdf", "picture"), required=True)
    parser.add_argument("--pages", type=int, required=True)
    given = parser.parse_args()
    limit()
    try:
        for line in render(given.source, given.folder, given.kind, given.pages):
            say(line)
    except Failed as failed:
        say({"failed": failed.code})
        return 1
    except MemoryError:
        say({"failed": "slides.heavy"})
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
