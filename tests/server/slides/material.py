"""Files of slides for tests, good and hostile, made here."""

import random
import zlib
from io import BytesIO

from fpdf import FPDF
from fpdf.enums import AccessPermission
from PIL import Image


def pdf(pages: int, *, words: str = "Page", password: str = "") -> bytes:
    """A plain presentation, 16:9, with `words` and its number on each page."""
    made = FPDF(orientation="landscape", format=(190.5, 338.7))
    made.set_font("helvetica", size=30)
    if password:
        made.set_encryption("owner", password, permissions=AccessPermission.none())
    for number in range(1, pages + 1):
        made.add_page()
        made.cell(text=f"{words} {number}")
    return bytes(made.output())


def lecture(pages: int) -> bytes:
    """A presentation as lecturers have them: a heading, points, on every third page a photograph."""
    noise = random.Random(1)
    made = FPDF(orientation="landscape", format=(190.5, 338.7))
    for number in range(1, pages + 1):
        made.add_page()
        made.set_font("helvetica", size=30)
        made.cell(text=f"Newton's laws of motion, part {number}", new_x="LMARGIN", new_y="NEXT")
        made.set_font("helvetica", size=16)
        for point in range(8):
            words = f"- Point {point}: the force equals mass times acceleration, see page {number}. "
            made.multi_cell(0, 9, words * 2, new_x="LMARGIN", new_y="NEXT")
        if number % 3 == 0:
            rough = Image.frombytes("RGB", (40, 30), noise.randbytes(3600))
            photo = BytesIO()
            rough.resize((1200, 900), Image.Resampling.BICUBIC).save(photo, "JPEG", quality=88)
            made.image(photo, x=200, y=85, w=120)
    return bytes(made.output())


def raw_pdf(*objects: bytes) -> bytes:
    """A PDF of numbered objects; the first is the catalogue. Readers mend the missing table."""
    body = b"%PDF-1.7\n"
    for number, each in enumerate(objects, start=1):
        body += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    return body + b"trailer << /Root 1 0 R /Size %d >>\n%%%%EOF\n" % (len(objects) + 1)


def stream(data: bytes, more: bytes = b"") -> bytes:
    packed = zlib.compress(data, 9)
    return b"<< /Filter /FlateDecode /Length %d %s >> stream\n%s\nendstream" % (len(packed), more, packed)


HEAD = (b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>")


def memory_bomb() -> bytes:
    """400 kB that unpack to 400 MB of a picture of 3 GB, and say so nowhere a reader must look."""
    page = (
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 720 405] /Contents 4 0 R "
        b"/Resources << /XObject << /I 5 0 R >> >> >>"
    )
    picture = stream(
        bytes(400_000_000),
        b"/Type /XObject /Subtype /Image /Width 32000 /Height 32000 "
        b"/ColorSpace /DeviceRGB /BitsPerComponent 8",
    )
    return raw_pdf(*HEAD, page, stream(b"720 0 0 405 0 0 cm /I Do"), picture)


def time_bomb() -> bytes:
    """Forms that draw forms: ten to the power of ten strokes in a kilobyte."""
    deep = 10
    page = (
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 720 405] /Contents 4 0 R "
        b"/Resources << /XObject << /F 5 0 R >> >> >>"
    )
    forms = [
        stream(
            b"/F Do " * 10 if level < deep - 1 else b"0 0 m 700 400 l S " * 10,
            b"/Type /XObject /Subtype /Form /BBox [0 0 720 405] /Resources << /XObject << /F %d 0 R >> >>"
            % (6 + level if level < deep - 1 else 0),
        )
        for level in range(deep)
    ]
    return raw_pdf(*HEAD, page, stream(b"/F Do"), *forms)


def picture(width: int = 800, height: int = 600, kind: str = "PNG") -> bytes:
    out = BytesIO()
    Image.new("RGB", (width, height), (20, 120, 110)).save(out, kind)
    return out.getvalue()


def picture_bomb() -> bytes:
    """A PNG that says 60,000 x 60,000 pixels."""
    import struct

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")
    )
