"""A private PostgreSQL server for tests: Debian's own, in a temporary folder, on a Unix socket only.

`postgres_cluster()` is a context manager; `Cluster.database()` makes a fresh empty database and gives
its address for the setting `database`. As root the server runs as the user postgres, which it
insists on. tests/server/conftest.py has the fixtures `postgres` and `postgres_settings`.
"""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))


class Cluster:
    """A running server; `folder` holds its socket."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self._programs, self.folder = programs, folder
        self._made = 0

    def database(self) -> str:
        """A new empty database; its address."""
        self._made += 1
        name = f"test{self._made}"
        self.sql(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")
        return f"postgresql://postgres@/{name}?host={self.folder}"

    def sql(self, statement: str, database: str = "postgres") -> str:
        """What psql prints for `statement`."""
        command = [str(self._programs / "psql"), "-h", str(self.folder), "-U", "postgres"]
        command += ["-X", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", database, "-c", statement]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def is_installed() -> bool:
    return bool(PROGRAMS)


@contextmanager
def postgres_cluster() -> Iterator[Cluster]:
    """Make a cluster, run it, and remove it."""
    programs = PROGRAMS[-1]
    folder = Path(tempfile.mkdtemp(prefix="sabak-pg-"))
    run: dict[str, Any] = {"cwd": folder, "stdout": subprocess.DEVNULL}
    if os.getuid() == 0:
        user = pwd.getpwnam("postgres")
        os.chown(folder, user.pw_uid, user.pw_gid)
        run |= {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    data = folder / "data"
    initdb = [str(programs / "initdb"), "-D", str(data), "-U", "postgres", "-A", "trust", "--no-sync"]
    subprocess.run([*initdb, "--encoding=UTF8", "--locale=C"], check=True, **run)
    options = ["-c", "listen_addresses=", "-c", f"unix_socket_directories={folder}", "-c", "fsync=off"]
    log = (folder / "log").open("wb")
    server = subprocess.Popen([str(programs / "postgres"), "-D", str(data), *options], stderr=log, **run)
    try:
        ready = [str(programs / "pg_isready"), "-q", "-h", str(folder), "-U", "postgres"]
        deadline = time.monotonic() + 30
        while subprocess.run(ready, check=False).returncode:
            assert server.poll() is None and time.monotonic() < deadline, (folder / "log").read_text()
            time.sleep(0.05)
        yield Cluster(programs, folder)
    finally:
        server.send_signal(signal.SIGINT)  # a fast shutdown: it waits for no connections
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
        log.close()
        shutil.rmtree(folder, ignore_errors=True)
