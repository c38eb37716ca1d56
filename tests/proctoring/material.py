"""Where the test material lies: beside the project, never in it."""

from pathlib import Path

SHARED = Path(__file__).resolve().parents[3] / "shared"


def material(name: str) -> Path:
    """A file of `../shared`.

    Raises:
        AssertionError: it is not there; says where it is looked for.
    """
    path = SHARED / name
    assert path.exists(), f"{path} is missing: the vision tests need the shared models and data there"
    return path
