"""Keys that the house makes for itself, kept in files of the data folder."""

import os
import secrets
from pathlib import Path


def load_key(path: Path) -> bytes:
    """The key in a file; made at the first start, readable for this user alone."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        key = secrets.token_bytes(32)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(key)
        return key
