"""`sabak trace`: verify, export and rebuild from the append-only log; its key."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from server.cli import Subparsers, settings_of
from server.errors import ServerError, StoreError

if TYPE_CHECKING:
    from server.trace.verifier import Report
    from server.trace.verify import Known


def register(subparsers: Subparsers) -> None:
    parser = subparsers.add_parser("trace", help="verify, export, rebuild the trace", description=__doc__)
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    verify = actions.add_parser(
        "verify", help="check the whole chain; exit status 1 and the first bad place if it was changed"
    )
    verify.add_argument("file", nargs="?", type=Path, help="an export or a copy of sabak.db; default: ours")
    verify.add_argument(
        "--head",
        type=known_head,
        action="append",
        default=[],
        metavar="HASH@SEQ",
        help="an entry noted earlier, as printed by verify; may be given several times",
    )
    verify.add_argument(
        "--receipt", type=Path, action="append", default=[], metavar="FILE", help="a receipt that was kept"
    )
    verify.add_argument(
        "--key", type=Path, action="append", default=[], metavar="FILE",
        help="public keys to trust (PEM); default: the one beside our own key",
    )  # fmt: skip
    verify.add_argument(
        "--checkpoints", type=Path, metavar="FILE",
        help="second copy of the checkpoints; default, for our own database: the one beside our key",
    )  # fmt: skip
    verify.set_defaults(run=run_verify)
    export = actions.add_parser("export", help="write the trace, or a slice of it with proof, as JSON Lines")
    export.add_argument("file", type=Path)
    export.add_argument("--session", help="only this live session")
    export.add_argument("--kind", help="only this kind; with a dot at the end all that begin so: chat.")
    export.add_argument("--actor", help="only what this account did")
    export.add_argument("--since", type=moment, metavar="TIME", help="from then on, 2026-09-01T08:00+06:00")
    export.add_argument("--until", type=moment, metavar="TIME", help="before then")
    export.set_defaults(run=run_export)
    key = actions.add_parser("key", help="print the public key of the trace (PEM); made if there is none")
    key.set_defaults(run=run_key)
    rebuild = actions.add_parser("rebuild", help="make every projection again from the trace")
    rebuild.set_defaults(run=run_rebuild)


def known_head(text: str) -> tuple[int, bytes]:
    """An argument type: ``HASH@SEQ`` or ``SEQ:HASH`` with 64 hexadecimal digits."""
    digest, at, seq = text.partition("@")
    if not at:
        seq, _, digest = text.partition(":")
    if len(digest) != 64:
        raise ValueError("not HASH@SEQ")
    return int(seq), bytes.fromhex(digest)


def moment(text: str) -> int:
    """An argument type: a time of ISO 8601 with its zone, in microseconds since 1970."""
    from datetime import datetime

    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError("the zone is missing")
    return round(found.timestamp() * 1_000_000)


def run_verify(arguments: argparse.Namespace) -> int:
    import asyncio

    from server.store import Store
    from server.store.files import MAGIC
    from server.trace.verify import verify, verify_export

    file: Path | None = arguments.file
    known = _known(arguments)

    async def of_store(copy: Path | None) -> "Report":
        store = Store.open_copy(copy) if copy else await Store.open(settings_of(arguments))
        try:
            return await verify(store, known)
        finally:
            await store.close()

    if file is None:
        report = asyncio.run(of_store(None))
    else:
        try:
            with file.open("rb") as opened:
                is_database = opened.read(len(MAGIC)) == MAGIC
            report = asyncio.run(of_store(file)) if is_database else verify_export(file, known)
        except OSError as error:
            raise StoreError("store.failed", f"Cannot read {file}: {error.strerror}.") from None
    return _tell(report, known)


def _known(arguments: argparse.Namespace) -> "Known":
    """What the command line and our own files know."""
    from server.trace.checkpoints import checkpoint_file, read_file
    from server.trace.receipts import read_receipt
    from server.trace.signing import known_keys, read_keys
    from server.trace.verify import Known

    file = settings_of(arguments).trace_key_file
    reading = file
    try:
        keys = set()
        for reading in arguments.key:
            keys.update(read_keys(reading))
        receipts = []
        for reading in arguments.receipt:
            receipts.append(read_receipt(reading.read_bytes()))  # noqa: PERF401 - `reading` is told
        copy = arguments.checkpoints
        reading = copy or checkpoint_file(file)
        wanted = copy is not None or (arguments.file is None and reading.exists())
        checkpoints = read_file(reading) if wanted else []
    except OSError as error:
        raise ServerError("trace.unreadable", f"Cannot read {reading}: {error.strerror}.") from None
    except ValueError as error:
        raise ServerError("trace.unreadable", f"{reading} is not what it should be: {error}.") from None
    return Known(arguments.head, receipts, checkpoints, keys or known_keys(file) or None)


def _tell(report: "Report", known: "Known") -> int:
    if report.finding is not None:
        found = report.finding
        where = f" Look at: {found.field}." if found.field else ""
        print(f"BAD at entry {found.seq}: {found.words} [{found.code}].{where}")
        print("Entries before it are good.")
        return 1
    hidden = f", {report.hidden} of them known by their hash only" if report.hidden else ""
    print(f"Good: {report.entries} entries, {report.erased} of them erased{hidden}.")
    print(f"Head {report.head.hex()}@{report.last}")
    for receipt in known.receipts:
        print(f"The receipt of {receipt.person} holds: {len(receipt.entries)} own entries.")
    for note in report.notes:
        print(f"Not checked: {note}.")
    if not report.signed:
        print("No signed checkpoint covers it: nobody can tell whether all of it was written anew.")
    elif known.keys is None:
        print(f"Signed up to entry {report.signed}, by a key that was not compared: give it with --key.")
    else:
        print(f"Signed up to entry {report.signed}.")
    return 0


def run_export(arguments: argparse.Namespace) -> int:
    import asyncio

    from server.store import Store
    from server.trace import Trace
    from server.trace.checkpoints import Checkpoints
    from server.trace.export import Filter, export

    file: Path = arguments.file
    settings = settings_of(arguments)
    wanted = Filter(arguments.session, arguments.kind, arguments.actor, arguments.since, arguments.until)

    async def work() -> int:
        store = await Store.open(settings)
        try:
            async with await Trace.open(store) as trace:
                lines = 0
                with file.open("wb") as opened:
                    async for line in export(store, Checkpoints(settings, trace), wanted):
                        opened.write(line)
                        lines += not line.startswith(b'{"seq":') or b'"session":' in line[:60]
                return lines - 2
        finally:
            await store.close()

    try:
        print(f"{asyncio.run(work())} entries are in {file}.")
    except OSError as error:
        raise ServerError("export.failed", f"Cannot write {file}: {error.strerror}.") from None
    return 0


def run_key(arguments: argparse.Namespace) -> int:
    from server.trace.signing import open_signer, public_pem

    print(public_pem(open_signer(settings_of(arguments).trace_key_file).key).decode(), end="")
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
