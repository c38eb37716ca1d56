"""What examinees send as files: photos of the way in, descriptors of faces, answers. Kept under the data
folder, by exam and person; the trace keeps their hashes. Everything here may block."""

import hashlib
import os
from pathlib import Path

from server.errors import ApiError
from server.ids import new_id

ANSWER_LIMIT = 20 * 1024 * 1024
MOST_FILES = 20
"""Of one answer."""
KINDS: tuple[tuple[bytes, str], ...] = (
    (b"\xff\xd8\xff", "jpg"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"%PDF-", "pdf"),
    (b"PK\x03\x04", "zip"),
)
"""What a file may be, told by its first bytes; documents of offices are zip files."""
FACE = "face.descriptor"


class Files:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._faces: dict[tuple[str, str], bytes] = {}

    def of(self, lesson: str, person: str) -> Path:
        return self.folder / lesson / person

    def keep(self, lesson: str, person: str, name: str, data: bytes) -> str:
        """Write a file, whole or not at all. Returns its SHA-256."""
        path = self.of(lesson, person) / name
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = path.with_name(path.name + ".part")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
        return hashlib.sha256(data).hexdigest()

    def read(self, lesson: str, person: str, name: str) -> bytes:
        """Raises:
        ApiError: 404 `object.unknown`.
        """
        try:
            return (self.of(lesson, person) / name).read_bytes()
        except OSError:
            raise ApiError("object.unknown", 404, kind="file") from None

    def erase(self, lesson: str, person: str, name: str) -> None:
        """Take a file away; one that is gone already is no error."""
        (self.of(lesson, person) / name).unlink(missing_ok=True)

    def keep_face(self, lesson: str, person: str, descriptor: bytes) -> None:
        """The face to compare with: the one that a person has looked at."""
        self.keep(lesson, person, FACE, descriptor)
        self._faces[lesson, person] = descriptor

    def face(self, lesson: str, person: str) -> bytes:
        """The descriptor, or nothing."""
        key = (lesson, person)
        if key not in self._faces:
            try:
                self._faces[key] = (self.of(lesson, person) / FACE).read_bytes()
            except OSError:
                self._faces[key] = b""
        return self._faces[key]

    def forget_face(self, lesson: str, person: str) -> None:
        """Out of memory; the file goes with its term."""
        self._faces.pop((lesson, person), None)


def new_name(kind: str) -> str:
    return f"{kind}.{new_id()}"


def ending_of(data: bytes) -> str:
    """The kind of an answer's file by its first bytes.

    Raises:
        ApiError: 415 `exam.file`.
    """
    for start, ending in KINDS:
        if data.startswith(start):
            return ending
    try:
        text = data.decode()
    except UnicodeDecodeError:
        raise ApiError("exam.file", 415) from None
    if "\0" in text:
        raise ApiError("exam.file", 415)
    return "txt"
