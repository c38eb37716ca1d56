"""SIGKILL at random byte offsets while 10,000 entries are written: the chain stays whole, and holds every
entry that was acknowledged.

die_at.c stands between SQLite and the kernel and ends the writer in the middle of a write, at a byte that
is drawn anew each time; the next writer goes on where the last one died.
"""

import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from server.settings import Settings
from server.store import Store
from server.trace import Trace
from server.trace.verify import verify

ROOT = Path(__file__).parents[3]
ENTRIES = 10_000
LARGEST = 8_000_000
"""Bytes. The log is about 1,000 pages of 4 kB before it is moved into the file, so that both are hit."""

FIRST = 50_000
"""Bytes. The first writes of a start are hit as well."""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.review,
    pytest.mark.skipif(shutil.which("cc") is None, reason="wants a C compiler"),
]


@pytest.fixture(scope="module")
def shim(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("shim") / "die_at.so"
    source = Path(__file__).with_name("die_at.c")
    subprocess.run(["cc", "-shared", "-fPIC", "-O2", "-o", str(made), str(source), "-ldl"], check=True)
    return made


def write_until_killed(data: Path, run: str, shim: Path, offset: int) -> dict[int, str]:
    """Number and name of every entry that was acknowledged; the writer died at the byte."""
    command = [sys.executable, "-m", "tests.server.trace.writer_process", str(data), run]
    environment = {**os.environ, "LD_PRELOAD": str(shim), "DIE_AT": str(offset)}
    done = subprocess.run(
        command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment, timeout=120, check=False
    )
    assert done.returncode == -9
    lines = done.stdout.splitlines(keepends=True)
    return {int(line.split()[0]): line.split()[1] for line in lines if line.endswith("\n")}


async def names_of(store: Store) -> dict[int, str]:
    async with await Trace.open(store) as trace:
        found: dict[int, str] = {}
        while page := await trace.read(after=len(found), limit=5000):
            found |= {each.entry.seq: each.data["name"] for each in page}
    return found


async def test_sigkill_at_any_byte_loses_nothing_acknowledged(tmp_path: Path, shim: Path) -> None:
    seed = random.randrange(2**32)
    source = random.Random(seed)
    await (await Store.create(Settings(data=tmp_path))).close()
    acknowledged: dict[int, str] = {}
    written: dict[int, str] = {}
    runs = 0
    while len(written) < ENTRIES:
        offset = source.randrange(1, LARGEST if runs % 4 else FIRST)
        acknowledged |= write_until_killed(tmp_path, f"r{runs}", shim, offset)
        runs += 1
        store = await Store.create(Settings(data=tmp_path))
        report = await verify(store)
        assert report.finding is None, (seed, runs)
        written = await names_of(store)
        await store.close()
        assert {seq: written.get(seq) for seq in acknowledged} == acknowledged, (seed, runs)
        assert len(written) == report.entries
    assert runs >= 3
    print(f"{runs} kills, {len(acknowledged)} acknowledged, {len(written)} written, seed {seed}")
