"""Office files into PDF by LibreOffice, where the machine has it. A process of its own, with limits.

LibreOffice reads what strangers made, so it gets a home of its own that is thrown away, no settings of the
server, bounded time and disk, and proxies that lead nowhere in case a file asks for something on the net.
"""

import asyncio
import os
import shutil
import signal
import tempfile
from pathlib import Path

from server.errors import ApiError

PATIENCE = 150.0
"""Seconds. A presentation of 100 pages takes about 20 on a small machine."""

CPU_SECONDS = 300
FILE_BYTES = 300 * 1024 * 1024
NOWHERE = "http://127.0.0.1:9"


def program() -> str:
    """The path of LibreOffice, empty where there is none."""
    return shutil.which("soffice") or shutil.which("libreoffice") or ""


LIMITED = f'ulimit -t {CPU_SECONDS}; ulimit -f {FILE_BYTES // 512}; ulimit -c 0; exec nice -n 10 "$@"'


async def to_pdf(source: Path, ending: str, target: Path) -> None:
    """Make `target`, a PDF, of an office file.

    Raises:
        ApiError: 422 `slides.office` without LibreOffice, `slides.broken` when it cannot read the file,
            `slides.heavy` when it takes too long.
    """
    found = program()
    if not found:
        raise ApiError("slides.office", 422)
    with tempfile.TemporaryDirectory(prefix="sabak-office-") as home:
        given = Path(home) / f"slides.{ending}"
        await asyncio.to_thread(shutil.copyfile, source, given)
        process = await asyncio.create_subprocess_exec(
            "/bin/sh", "-c", LIMITED, "sh",
            found, "--headless", "--norestore", f"-env:UserInstallation=file://{home}/profile",
            "--convert-to", "pdf", "--outdir", home, str(given),
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL, start_new_session=True,
            env={
                "HOME": home, "PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LANG": "C.UTF-8",
                "http_proxy": NOWHERE, "https_proxy": NOWHERE, "no_proxy": "",
            },
        )  # fmt: skip
        try:
            async with asyncio.timeout(PATIENCE):
                await process.wait()
        except TimeoutError:
            raise ApiError("slides.heavy", 422) from None
        finally:
            end_group(process)
            await process.wait()
        made = Path(home) / "slides.pdf"
        if not made.is_file():
            raise ApiError("slides.broken", 422)
        await asyncio.to_thread(shutil.copyfile, made, target)


def end_group(process: asyncio.subprocess.Process) -> None:
    """Kill the process and whatever it started; nothing happens when it has ended."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
