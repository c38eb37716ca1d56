"""`sabak trace`: verify, export and rebuild from the append-only log."""

import argparse
from pathlib import Path

from server.cli import Subparsers, settings_of
from server.errors import ServerError, StoreError


def register(subparsers: Subparsers) -> None:
    parser = subparsers.add_parser("trace", help="verify, export, rebuild the trace", description=__doc__)
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    verify = actions.add_parser(
        "verify", help="check the whole chain; exit status 1 and the first bad place if it was changed"
    )
    verify.add_argument("file", nargs="?", type=Path, help="an export or a copy of sabak.db; default: ours")
    verify.add_argument(
        "--head", type=known_head, metavar="SEQ:HASH", help="an entry noted earlier, as printed by verify"
    )
    verify.set_defaults(run=run_verify)
    export = actions.add_parser("export", help="write the trace as JSON Lines")
    export.add_argument("file", type=Path)
    export.set_defaults(run=run_export)
    rebuild = actions.add_parser("rebuild", help="make every projection again from the trace")
    rebuild.set_defaults(run=run_rebuild)


def known_head(text: str) -> tuple[int, bytes]:
    """An argument type: ``SEQ:HASH`` with 64 hexadecimal digits."""
    seq, _, digest = text.partition(":")
    if len(digest) != 64:
        raise ValueError("not SEQ:HASH")
    return int(seq), bytes.fromhex(digest)


def run_verify(arguments: argparse.Namespace) -> int:
    import asyncio

    from server.store import Store
    from server.store.files import MAGIC
    from server.trace.verifier import Report
    from server.trace.verify import verify, verify_export

    file: Path | None = arguments.file

    async def of_store(copy: Path | None) -> Report:
        store = Store.open_copy(copy) if copy else await Store.open(settings_of(arguments))
        try:
            return await verify(store, known=arguments.head)
        finally:
            await store.close()

    if file is None:
        report = asyncio.run(of_store(None))
    else:
        try:
            with file.open("rb") as opened:
                is_database = opened.read(len(MAGIC)) == MAGIC
            report = asyncio.run(of_store(file)) if is_database else verify_export(file, known=arguments.head)
        except OSError as error:
            raise StoreError("store.failed", f"Cannot read {file}: {error.strerror}.") from None
    if report.finding is not None:
        found = report.finding
        print(f"BAD at entry {found.seq}: {found.words} [{found.code}]. Entries before it are good.")
        return 1
    print(f"Good: {report.entries} entries, {report.erased} of them erased.")
    print(f"Head {report.entries}:{report.head.hex()}")
    return 0


def run_export(arguments: argparse.Namespace) -> int:
    import asyncio

    from server.store import Store
    from server.trace.export import export

    file: Path = arguments.file

    async def work() -> int:
        store = await Store.open(settings_of(arguments))
        try:
            lines = 0
            with file.open("wb") as opened:
                async for line in export(store):
                    opened.write(line)
                    lines += 1
            return lines - 1
        finally:
            await store.close()

    try:
        print(f"{asyncio.run(work())} entries are in {file}.")
    except OSError as error:
        raise ServerError("export.failed", f"Cannot write {file}: {error.strerror}.") from None
    return 0


def run_rebuild(arguments: argparse.Namespace) -> int:
    import asyncio

    from server.store import Store
    from server.supervisor.processes import RunLock, make_run_dir
    from server.trace import Trace
    from server.trace.registry import all_projections

    settings = settings_of(arguments)

    async def work() -> tuple[int, list[str]]:
        store = await Store.open(settings)
        try:
            async with await Trace.open(store, all_projections()) as trace:
                return await trace.rebuild(), trace.projections.names
        finally:
            await store.close()

    make_run_dir(settings.run_dir)
    lock = RunLock(settings.run_dir)
    if not lock.take():
        raise ServerError("trace.in_use", "Sabak is running; `sabak stop` first: a rebuild locks the trace.")
    try:
        upto, names = asyncio.run(work())
    finally:
        lock.release()
    print(f"{len(names)} projections are made again up to entry {upto}: {', '.join(names) or 'none'}.")
    return 0
