"""Stills for the paper: as small as they are printed, and only those whose hash stands beside them."""

import hashlib
import io

from server.errors import ApiError
from server.exams.files import Files
from server.review.case import Case

WIDE = 480
"""Points across: 45 mm at 270 points an inch."""
QUALITY = 75


def prints(files: Files, case: Case) -> dict[str, bytes]:
    """JPEGs by the name of their file. One that is gone, or is not what was recorded, is left out. Blocks."""
    from PIL import Image  # only when somebody prints

    found: dict[str, bytes] = {}
    for still in (still for item in case.items for still in item.stills):
        try:
            data = files.read(case.lesson, case.person, still.file)
            if hashlib.sha256(data).hexdigest() != still.sha256:
                continue
            with Image.open(io.BytesIO(data), formats=("JPEG",)) as image:
                image.draft("RGB", (WIDE, WIDE))
                image.thumbnail((WIDE, WIDE))
                out = io.BytesIO()
                image.save(out, "JPEG", quality=QUALITY)
        except (ApiError, OSError, ValueError):
            continue
        found[still.file] = out.getvalue()
    return found
