"""The desk of imports: takes files, tries them out, writes them as a job, keeps them for a week.

Flows in: bytes with a kind; a mapping; the word to apply. Flows out: rows of `imports` that tell how far
things are, and entries of the trace with ids and counts, never names. One import runs at a time
(`lock`). A job that is cut off leaves `stopped`; the same file can be applied again, since what is
there already is found by its natural key and left alone.
"""

import asyncio
import hashlib
import logging
import os
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from server.errors import ApiError, ServerError
from server.house import House
from server.ids import new_id
from server.imports import lock
from server.imports.draft import Draft, Report
from server.imports.fields import Kind, Mapped, fitting, guess, missing
from server.imports.kinds.users import importable
from server.imports.known import load
from server.imports.mappings import find
from server.imports.plan import draft
from server.imports.reading import Sheet, Unreadable, plain, read, shown
from server.imports.rest import Rest
from server.imports.tables import ImportRow
from server.imports.writing import entry, portions, write
from server.people.sessions import Sessions
from server.permissions import Actor, Role, may_grant
from server.permissions.model import ROLES

log = logging.getLogger(__name__)

KEPT = 7 * 24 * 3600
"""Seconds that a file is kept which nobody applies, and that the cells of a report are shown."""

TICK = 3600.0
"""Seconds between looks for files whose time is over."""

FIRST_ROWS = 5

TRIES = 3
"""Times that a draft is made anew because somebody changed the same things meanwhile."""


class ImportDesk:
    """`files` is the folder of the uploaded files; `tasks` owns the jobs of this process."""

    def __init__(self, house: House, tasks: asyncio.TaskGroup) -> None:
        self.house = house
        self.files = house.settings.data / "imports"
        self._tasks = tasks
        self._jobs: dict[str, asyncio.Task[None]] = {}

    # --- the file ---------------------------------------------------------------------------------

    async def upload(self, actor: str, kind: Kind, name: str, data: bytes, mapping: str = "") -> ImportRow:
        """Keep a file and look into it.

        Args:
            mapping: name of a kept mapping; what of it fits goes before what is guessed.

        Raises:
            ApiError: 422 with a code of `reading.read`, 404 `object.unknown` for the mapping.
        """
        sheet = await self._read(data)
        chosen = guess(kind, sheet.headings)
        if mapping:
            kept = fitting(kind, await find(self.house, kind, mapping), sheet.headings)
            taken = set(kept.values())
            chosen = {field: head for field, head in chosen.items() if head not in taken} | kept
        row = ImportRow(
            id=new_id(), kind=kind, name=shown(plain(name)) or kind, size=len(data), author=actor,
            sha256=hashlib.sha256(data).hexdigest(), created=self._now(), state="uploaded", mapping=chosen,
            preview={
                "headings": list(sheet.headings), "encoding": sheet.encoding, "delimiter": sheet.delimiter,
                "rows": [[shown(cell) for cell in each.cells] for each in sheet.rows[:FIRST_ROWS]],
            },
            report=None, total=len(sheet.rows) + len(sheet.problems),
        )  # fmt: skip
        await asyncio.to_thread(self._keep, row.id, data)

        async def work(db: AsyncSession) -> None:
            db.add(row)
            await db.flush()
            db.expunge(row)

        told = {"import": row.id, "kind": kind, "sha256": row.sha256, "rows": row.total}
        try:
            await self.house.trace.record("import.uploaded", told, actor=actor, work=work)
        except BaseException:
            self._drop(row.id)
            raise
        return row

    async def get(self, key: str) -> ImportRow:
        """Raises:
        ApiError: 404 `object.unknown`.
        """
        async with self.house.store.read() as db:
            row = await db.get(ImportRow, key)
        if row is None:
            raise ApiError("object.unknown", 404, kind="import")
        if row.state == "running" and key not in self._jobs and await self.recover():
            return await self.get(key)
        return row

    # --- trying out and writing -------------------------------------------------------------------

    async def check(self, actor: Actor | None, key: str, mapping: Mapped) -> ImportRow:
        """Try the file out with a mapping; writes nothing but the report.

        Raises:
            ApiError: 404 `object.unknown`; 409 `import.state`, `import.expired`; 422 `import.mapping`
                (columns that are not there, or required ones missing).
        """
        row = await self.get(key)
        if row.state == "running":
            raise ApiError("import.state", 409)
        sheet = await self._sheet(row)
        kind: Kind = row.kind  # type: ignore[assignment]
        chosen = fitting(kind, mapping, sheet.headings)
        lacking = missing(kind, chosen)
        if lacking or len(chosen) < len(mapping) or len(set(chosen.values())) < len(chosen):
            raise ApiError("import.mapping", 422, fields=lacking)
        found = await self._draft(row, sheet, chosen, allowed(actor))
        await self._set(
            key, state="checked", mapping=chosen, problem="", done=0, total=found.report.rows,
            report=msgspec.to_builtins(found.report),
        )  # fmt: skip
        return await self.get(key)

    async def apply(self, actor: Actor | None, key: str, skip_errors: bool) -> None:
        """Begin to write a checked file; `get` tells how far it is.

        Raises:
            ApiError: 404 `object.unknown`; 409 `import.state`, `import.expired`, `import.has_errors`,
                `import.busy`.
        """
        row = await self.get(key)
        if row.state not in ("checked", "stopped", "failed"):
            raise ApiError("import.state", 409)
        if row.report and row.report["errors"] and not skip_errors:
            raise ApiError("import.has_errors", 409, count=row.report["errors"])
        sheet = await self._sheet(row)
        guard = lock.held(self.files)
        guard.__enter__()  # released by the job, whichever way it ends
        who = "system" if actor is None else actor.id
        try:
            told = {"import": key, "kind": row.kind, "sha256": row.sha256, "skip_errors": skip_errors}
            await self._record("import.started", told, who, key, state="running", problem="", done=0)
        except BaseException:
            guard.__exit__(None, None, None)
            raise

        async def job() -> None:
            try:
                await self._run(row, sheet, who, allowed(actor), skip_errors)
            finally:
                guard.__exit__(None, None, None)
                self._jobs.pop(key, None)

        self._jobs[key] = self._tasks.create_task(job(), name=f"import {key}")

    async def wait(self, key: str) -> None:
        """Until the job of an import that this process runs has ended."""
        job = self._jobs.get(key)
        if job is not None:
            await asyncio.wait([job])

    def stop(self) -> None:
        """Cut off the jobs: what is written stays, and the next start tells of the rest."""
        for job in list(self._jobs.values()):
            job.cancel()

    async def _run(
        self, row: ImportRow, sheet: Sheet, who: str, roles: frozenset[Role], skip_errors: bool
    ) -> None:
        """The job. A failure is told in the row, and is no failure of the server."""
        key = row.id
        told = {"import": key, "kind": row.kind, "sha256": row.sha256}
        try:
            report = await self._write(row, sheet, who, roles, skip_errors)
            counts = {name: getattr(report, name) for name in ("new", "changed", "unchanged", "errors")}
            shown = msgspec.to_builtins(report)
            await self._record("import.finished", {**told, **counts}, who, key, state="done", report=shown)
            await asyncio.to_thread(self._drop, key)
            return
        except ServerError as error:
            code = error.code
        except Exception:
            log.exception("import %s failed", key)
            code = "server.failed"
        with suppress(Exception):  # a database that is gone: `recover` tells of it later
            await self._record(
                "import.failed", {**told, "code": code}, who, key, state="failed", problem=code
            )

    async def _write(
        self, row: ImportRow, sheet: Sheet, who: str, roles: frozenset[Role], skip_errors: bool
    ) -> Report:
        """Make the draft anew, since time has passed, and write it.

        Raises:
            ApiError: `import.has_errors`, `import.changed` (somebody changes the same, again and again).
        """
        first: Report | None = None
        for _ in range(TRIES):
            found = await self._draft(row, sheet, row.mapping, roles)
            report = found.report
            if report.errors and not skip_errors:
                await self._set(row.id, report=msgspec.to_builtins(report))
                raise ApiError("import.has_errors", 409)
            first = first or report
            try:
                await self._write_portions(row, found, who)
            except IntegrityError as error:
                log.warning("import %s begins again: %s", row.id, error)
                continue
            return first
        raise ApiError("import.changed", 409)

    async def _write_portions(self, row: ImportRow, found: Draft, who: str) -> None:
        done = found.report.rows - len(found.steps)
        for number, steps in enumerate(portions(found.steps)):
            done += len(steps)

            async def work(db: AsyncSession, steps: Any = steps, done: int = done) -> None:
                await write(db, steps)
                await db.execute(update(ImportRow).where(ImportRow.id == row.id).values(done=done))

            told = {"import": row.id, "part": number, **entry(steps)}
            await self.house.trace.record("import.written", told, actor=who, work=work)
        if not found.steps:
            await self._set(row.id, done=done)

    async def _draft(self, row: ImportRow, sheet: Sheet, mapping: Mapped, roles: frozenset[Role]) -> Draft:
        kind: Kind = row.kind  # type: ignore[assignment]
        known = await load(self.house, kind, roles, self._now(), row.id)
        return await asyncio.to_thread(draft, kind, sheet, dict(mapping), known, Rest())

    # --- upkeep -----------------------------------------------------------------------------------

    async def recover(self) -> bool:
        """Tell of imports that nobody runs any more: the process that did has ended. Whether there were."""
        self.files.mkdir(parents=True, exist_ok=True, mode=0o700)
        with suppress(ApiError), lock.held(self.files):
            async with self.house.store.read() as db:
                if not list(await db.scalars(select(ImportRow.id).where(ImportRow.state == "running"))):
                    return False

            async def work(db: AsyncSession) -> None:
                await db.execute(
                    update(ImportRow).where(ImportRow.state == "running").values(state="stopped")
                )

            await self.house.trace.unrecorded(work)
            return True
        return False

    async def keep(self) -> None:
        """Run for ever: remove files whose time is over, and what reports show of them."""
        while True:
            try:
                await self.expire()
            except Exception:
                log.exception("old imports could not be removed")
            await asyncio.sleep(TICK)

    async def expire(self) -> None:
        old = (ImportRow.created <= self._now() - KEPT, ImportRow.state != "running")
        async with self.house.store.read() as db:
            keys = set(await db.scalars(select(ImportRow.id).where(*old, ImportRow.preview.is_not(None))))
            known = set(await db.scalars(select(ImportRow.id)))
        for path in self.files.glob("*.csv"):
            if path.stem in keys or (path.stem not in known and _is_left_over(path)):
                await asyncio.to_thread(self._drop, path.stem)
        if not keys:
            return

        async def work(db: AsyncSession) -> None:
            for row in await db.scalars(select(ImportRow).where(*old)):
                if row.report and (row.report["problems"] or row.report["notes"]):
                    row.report = {**row.report, "problems": [], "notes": []}
                if row.preview.get("rows"):
                    row.preview = {**row.preview, "rows": []}
                if row.state != "done":
                    row.state = "expired"
            await db.flush()

        await self.house.trace.unrecorded(work)

    # --- small things -----------------------------------------------------------------------------

    async def _read(self, data: bytes) -> Sheet:
        try:
            return await asyncio.to_thread(read, data)
        except Unreadable as error:
            raise ApiError(error.code, 422, **error.details) from None

    async def _sheet(self, row: ImportRow) -> Sheet:
        try:
            data = await asyncio.to_thread(self._path(row.id).read_bytes)
        except FileNotFoundError:
            raise ApiError("import.expired", 409) from None
        return await self._read(data)

    async def _record(self, kind: str, data: Mapping[str, Any], who: str, key: str, **values: Any) -> None:
        async def work(db: AsyncSession) -> None:
            await db.execute(update(ImportRow).where(ImportRow.id == key).values(**values))

        await self.house.trace.record(kind, data, actor=who, work=work)

    async def _set(self, key: str, **values: Any) -> None:
        async def work(db: AsyncSession) -> None:
            await db.execute(update(ImportRow).where(ImportRow.id == key).values(**values))

        await self.house.trace.unrecorded(work)

    def _now(self) -> int:
        return int(self.house.part(Sessions).now())

    def _path(self, key: str) -> Path:
        return self.files / f"{key}.csv"

    def _keep(self, key: str, data: bytes) -> None:
        handle = os.open(self._path(key), os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(data)

    def _drop(self, key: str) -> None:
        self._path(key).unlink(missing_ok=True)


def _is_left_over(path: Path) -> bool:
    """A file without a row, and not because its row is being written just now."""
    return time.time() - path.stat().st_mtime > TICK


def allowed(actor: Actor | None) -> frozenset[Role]:
    """The roles that a file of this actor may give; None is whoever sits at the machine."""
    if actor is None:
        return importable(frozenset(ROLES))
    return importable(frozenset(role for role in ROLES if may_grant(actor, role, frozenset())))
