"""From another host over HTTPS: a Chromium without insecure flags trusts the local authority and joins."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.e2e.browser import chromium_on, person
from tests.e2e.house import House
from tests.e2e.lesson import all_see, lesson_now
from tests.net.hosts import Host, Wire

pytestmark = [pytest.mark.ground, pytest.mark.e2e, pytest.mark.net]


def trusting_home(folder: Path, authority: Path) -> Path:
    """A home folder whose Chromium trusts `authority`, as docs/install.md tells people to do."""
    database = folder / ".pki/nssdb"
    database.mkdir(parents=True)
    for command in (
        ["certutil", "-d", f"sql:{database}", "-N", "--empty-password"],
        ["certutil", "-d", f"sql:{database}", "-A", "-t", "C,,", "-n", "Sabak", "-i", str(authority)],
    ):
        subprocess.run(command, check=True, capture_output=True)
    return folder


async def test_a_pupil_on_another_host_joins_with_a_camera(tmp_path: Path, fakes_folder: Path) -> None:
    with Host("pupil") as pupil, Wire(None, pupil) as wire:
        house = House(tmp_path / "data", host=wire.a_address)
        house.url = f"https://{wire.a_address}:{house.http_port}"
        try:
            await house.start("--lan")
            home = trusting_home(tmp_path / "home", house.data / "tls/ca.crt")
            lesson = await lesson_now(house)
            there = {
                "executable": chromium_on(pupil, tmp_path),
                "environment": {"HOME": str(home)},
            }
            async with (
                person("teacher", 1, house.url, fakes_folder, environment={"HOME": str(home)}) as teacher,
                person("student1", 2, house.url, fakes_folder, **there) as student,  # type: ignore[arg-type]
            ):
                await teacher.log_in()
                await student.log_in()
                await teacher.enter(lesson["id"])
                await teacher.open_class()
                await student.enter(lesson["id"])
                await all_see([teacher, student], 2)
                await student.sees_and_hears()
                await teacher.sees_and_hears()
                assert await student.page.evaluate("isSecureContext")
        finally:
            await house.stop()
        passed, *_ = wire.stats()
        assert passed > 100, os.linesep.join(["nothing came over the wire", house.tail()])
