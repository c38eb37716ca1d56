"""The image and the compose file follow the project: what can be checked without an engine is checked."""

import re
from pathlib import Path

from server.settings import FIELDS

ROOT = Path(__file__).resolve().parents[1]
DOCKERFILE = (ROOT / "docker/Dockerfile").read_text()
COMPOSE = (ROOT / "docker/compose.yaml").read_text()


def test_everything_that_is_copied_exists() -> None:
    for line in DOCKERFILE.splitlines():
        if line.startswith("COPY ") and "--from" not in line:
            for source in line.split()[1:-1]:
                assert (ROOT / source).exists(), source


def test_the_image_has_every_package_of_the_project() -> None:
    for package in ("media", "proctoring", "server"):
        assert f"COPY {package}/ {package}/" in DOCKERFILE


def test_versions_are_those_the_project_asks_for() -> None:
    pyproject = (ROOT / "pyproject.toml").read_text()
    least = re.search(r'requires-python = ">=([\d.]+)"', pyproject)
    assert least
    assert f"python:{least[1]}-slim" in DOCKERFILE
    assert "constraints.txt ." in DOCKERFILE


def test_settings_named_in_the_files_exist() -> None:
    known = {"SABAK_" + name.upper() for name in FIELDS} | {"SABAK_TLS_FOLDER"}
    assert set(re.findall(r"\bSABAK_[A-Z_]+", DOCKERFILE + COMPOSE)) <= known
