"""verify.mjs, written for Node from docs/trace.md alone, and our own verifier say the same of 100 exports.

Twenty are as they were written, eighty were tampered with: bytes, lines, fields written back in the right
form, hashes made to fit, seals of a stranger.
"""

import asyncio
import hashlib
import random
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest

from server.settings import Settings
from server.store import Store
from server.trace import Trace
from server.trace.chain import body_of, joined
from server.trace.checkpoints import Checkpoints
from server.trace.erase import erase
from server.trace.export import EVERYTHING, Filter, export
from server.trace.receipts import Receipt, receipt_of
from server.trace.signing import Signer, export_bytes, open_signer, public_file, read_keys
from server.trace.verify import Known, verify_export

PROGRAM = Path(__file__).with_name("verify.mjs")
SEED = 20261128

pytestmark = [
    pytest.mark.review,
    pytest.mark.skipif(shutil.which("node") is None, reason="the other language is JavaScript: install node"),
]

SAYINGS = ("салам", 'a "b" \\ c', "line\nline\ttab\x01\x1f\x7f", "\u2028 😀 ү", "", "x" * 300)


@dataclass
class Trove:
    """Exports of one trace, and what others keep of it."""

    exports: list[list[bytes]]
    receipt: Receipt
    head: tuple[int, bytes]
    pem: Path
    keys: list[bytes]
    other: Signer


@pytest.fixture(scope="module")
def trove(tmp_path_factory: pytest.TempPathFactory) -> Trove:
    return asyncio.run(make(tmp_path_factory.mktemp("trove")))


async def make(folder: Path) -> Trove:
    settings = Settings(data=folder)
    store = await Store.create(settings)
    async with await Trace.open(store) as trace:
        checkpoints = Checkpoints(settings, trace)
        for n in range(1, 41):
            session = f"s{n % 3}" if n % 4 else ""
            data = {"text": SAYINGS[n % len(SAYINGS)], "n": n}
            kind = "chat.said" if n % 5 else "hand.raised"
            key = f"ключ {n}" if n % 2 else ""
            await trace.record(kind, data, actor=f"student{n % 4}", session=session, key=key)
            if n % 12 == 0:
                await checkpoints.sign()
            if n == 30:
                receipt = await receipt_of(store, checkpoints, "student2")
        await erase(trace, [3, 4, 5, 17], actor="system", reason="retention")
        await erase(trace, [18], actor="system", reason="retention")
        await trace.record("chat.said", {"text": "after"}, actor="student1", session="s1")
        entries = await trace.read()
        filters = (
            EVERYTHING,
            Filter(session="s1"),
            Filter(session=""),
            Filter(actor="student2"),
            Filter(kind="hand."),
            Filter(kind="chat.said", session="s2"),
            Filter(since=entries[13].entry.time, until=entries[20].entry.time),
            Filter(actor="nobody"),
        )
        exports = [[line async for line in export(store, checkpoints, each)] for each in filters]
    await store.close()
    head = entries[24].entry
    return Trove(
        exports, receipt, (head.seq, head.hash),
        public_file(settings.trace_key_file), read_keys(public_file(settings.trace_key_file)),
        open_signer(folder / "other" / "other.key"),
    )  # fmt: skip


# --- tampering: lines in, bytes out -----------------------------------------------------------------


def flip(lines: list[bytes], source: random.Random, _trove: Trove) -> bytes:
    good = b"".join(lines)
    at = source.randrange(len(good))
    return good[:at] + bytes([good[at] ^ 1 << source.randrange(8)]) + good[at + 1 :]


def drop(lines: list[bytes], source: random.Random, _trove: Trove) -> bytes:
    at = source.randrange(len(lines))
    return b"".join(lines[:at] + lines[at + 1 :])


def swap(lines: list[bytes], source: random.Random, _trove: Trove) -> bytes:
    one, other = source.sample(range(len(lines)), 2)
    lines[one], lines[other] = lines[other], lines[one]
    return b"".join(lines)


def double(lines: list[bytes], source: random.Random, _trove: Trove) -> bytes:
    at = source.randrange(len(lines))
    return b"".join([*lines[: at + 1], *lines[at:]])


def cut(lines: list[bytes], source: random.Random, _trove: Trove) -> bytes:
    good = b"".join(lines)
    return good[: source.randrange(len(good))]


def another(value: Any, source: random.Random) -> Any:
    match value:
        case None:
            return source.choice(["", "00", 0])
        case int():
            return source.choice([value + 1, value - 1, -value, value * 2**40, 0])
        case str() if re.fullmatch(r"[0-9a-f]{64,}", value):
            at = source.randrange(len(value))
            return value[:at] + source.choice("0123456789abcdef") + value[at + 1 :]
        case str():
            return source.choice([value + "x", value[1:], value.upper(), "", None, "ү" * 40_000])
        case dict():
            name = source.choice(list(value))
            return {**value, name: another(value[name], source)}
        case _:
            return None


def edit(lines: list[bytes], source: random.Random, _trove: Trove) -> bytes:
    """A field of a line changed, and the line written as it must be."""
    at = source.randrange(len(lines))
    lines[at] = written(another(msgspec.json.decode(lines[at]), source))
    return b"".join(lines)


def refit(lines: list[bytes], source: random.Random, trove: Trove) -> bytes:
    """A field changed and every later hash made to fit; the seal is a stranger's, or the old key's name."""
    shown = [at for at, line in enumerate(lines[:-1]) if line.startswith(b'{"seq"')]
    if not shown:
        return flip(lines, source, trove)
    first = source.choice(shown)
    head = msgspec.json.decode(lines[0])
    prev = head["prev"]
    for at in shown:
        entry = msgspec.json.decode(lines[at])
        if at == first and "actor" in entry:
            entry["actor"] = "somebody"
        if at >= first:
            if "body" in entry:
                entry["hash"] = joined(bytes.fromhex(entry["body"]), bytes.fromhex(prev)).hex()
            else:
                fields: Any = [entry[name] for name in ENTRY_FIELDS]
                entry["prev"] = prev
                body = body_of(*fields, commit=bytes.fromhex(entry["commit"]))
                entry["hash"] = joined(body, bytes.fromhex(prev)).hex()
        prev = entry["hash"]
        lines[at] = written(entry)
    head["hash"] = prev
    if source.random() < 0.6:
        head["checkpoint"] = None
    lines[0] = written(head)
    return sealed(lines, source, trove)


ENTRY_FIELDS = ("seq", "session", "session_seq", "time", "mono", "actor", "kind")


def hide_data(lines: list[bytes], source: random.Random, trove: Trove) -> bytes:
    """What an entry says is taken out, and the file sealed anew by a stranger."""
    shown = [at for at, line in enumerate(lines) if b'"actor":' in line[:400] and b'"data":"' in line]
    if shown:
        at = source.choice(shown)
        lines[at] = written({**msgspec.json.decode(lines[at]), "key": None, "idem": None, "data": None})
    return sealed(lines, source, trove)


def sealed(lines: list[bytes], source: random.Random, trove: Trove) -> bytes:
    digest = hashlib.sha256(b"".join(lines[:-1])).digest()
    seal = msgspec.json.decode(lines[-1])
    seal["sha256"] = digest.hex()
    match source.randrange(3):
        case 0:
            seal["key"] = trove.other.key.hex()
            seal["signature"] = trove.other.sign(export_bytes(digest)).hex()
        case 1:
            seal["key"] = seal["signature"] = ""
        case _:
            pass  # the old signature
    return b"".join([*lines[:-1], written(seal)])


def written(value: Any) -> bytes:
    return msgspec.json.encode(value) + b"\n"


TAMPER: list[Callable[[list[bytes], random.Random, Trove], bytes]] = [
    flip, flip, drop, swap, double, cut, edit, edit, refit, hide_data,
]  # fmt: skip


# --- both say the same ------------------------------------------------------------------------------


def stranger(asked: list[list[str]], folder: Path) -> list[dict[str, Any]]:
    """What the other verifier says of each export, in one run of it."""
    listed = folder / "asked.jsonl"
    listed.write_bytes(b"".join(written(each) for each in asked))
    done = subprocess.run(
        ["node", str(PROGRAM), "--each", str(listed)],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode in (0, 1), done.stderr
    said = [dict(msgspec.json.decode(line)) for line in done.stdout.splitlines()]
    assert len(said) == len(asked), done.stderr
    return said


def ours(path: Path, known: Known) -> dict[str, Any]:
    report = verify_export(path, known)
    if report.finding is None:
        return {"good": True, "entries": report.entries}
    return {"good": False, "code": report.finding.code, "seq": report.finding.seq}


@dataclass
class Asked:
    """One export, how it was tampered with, and what its verifiers are given beside it."""

    path: Path
    tampered: str
    known: Known
    options: list[str]


def asked_of(trove: Trove, folder: Path, number: int, source: random.Random) -> Asked:
    lines = list(trove.exports[number % len(trove.exports)])
    good = content = b"".join(lines)
    tamper = TAMPER[number % len(TAMPER)]
    if number >= 20:
        content = tamper(lines, source, trove)
    path = folder / f"{number}.jsonl"
    path.write_bytes(content)
    mode = source.randrange(12)
    seq, digest = trove.head
    known = Known(
        heads=[trove.head] if mode % 2 else [],
        receipts=[trove.receipt] if mode % 3 == 0 else [],
        keys=trove.keys if mode % 4 else None,
    )
    options = [
        *(["--key", str(trove.pem)] if known.keys else []),
        *(["--receipt", str(folder / "receipt.json")] if known.receipts else []),
        *(["--head", f"{digest.hex()}@{seq}"] if known.heads else []),
    ]
    return Asked(path, tamper.__name__ if content != good else "", known, options)


def test_the_stranger_agrees_on_a_hundred_exports(trove: Trove, tmp_path: Path) -> None:
    source = random.Random(SEED)
    (tmp_path / "receipt.json").write_bytes(msgspec.json.encode(trove.receipt))
    asked = [asked_of(trove, tmp_path, number, source) for number in range(100)]
    said = stranger([[str(each.path), *each.options] for each in asked], tmp_path)
    found: set[str] = set()
    for each, theirs in zip(asked, said, strict=True):
        mine = ours(each.path, each.known)
        assert theirs == mine, each
        assert mine["good"] or each.tampered, (each, mine)
        if each.tampered and each.known.keys:
            assert not mine["good"], each
        found.add(mine.get("code", "good"))
    assert {"good", "malformed", "hash.wrong", "seq.gap", "seal.key"} <= found, found


def test_the_stranger_uses_nothing_but_node() -> None:
    imports = re.findall(r'from "([^"]+)"', PROGRAM.read_text("utf-8"))
    assert sorted(imports) == ["node:crypto", "node:fs"]
