"""A verifier written from docs/trace.md alone: it imports nothing of the server.

`verify` below is what a stranger would write. The tests give it exports of real traces.
"""

import hashlib
import hmac
import json
from pathlib import Path
from typing import Any

from server.trace import Trace
from server.trace.erase import erase
from server.trace.export import export
from server.trace.verifier import Report
from server.trace.verify import verify as ours


def text(t: str) -> bytes:
    raw = t.encode()
    return len(raw).to_bytes(2, "big") + raw


def entry_hash(e: dict[str, Any]) -> bytes:
    body = hashlib.sha256(
        b"sabak.entry.2\x00"
        + e["seq"].to_bytes(8, "big")
        + e["session_seq"].to_bytes(8, "big")
        + e["time"].to_bytes(8, "big", signed=True)
        + e["mono"].to_bytes(8, "big", signed=True)
        + text(e["session"])
        + text(e["actor"])
        + text(e["kind"])
        + bytes.fromhex(e["commit"])
    ).digest()
    return hashlib.sha256(b"sabak.link.2\x00" + body + bytes.fromhex(e["prev"])).digest()


def verify(path: Path) -> tuple[str, int]:
    """("good", entries) or (code, seq). Looks at the chain only: no signature."""
    lines = path.read_bytes().decode().removesuffix("\n").split("\n")
    head = json.loads(lines[0])
    assert head["format"] == "sabak.trace.2"
    entries = [line for line in lines[1:] if line.startswith('{"seq"')]
    before, sessions, missing, erased = bytes(32), {}, set(), set()  # type: ignore[var-annotated]
    for number, line in enumerate(entries, 1):
        e = json.loads(line)
        if e["seq"] != number:
            return "seq.gap", number
        if bytes.fromhex(e["prev"]) != before:
            return "chain.broken", number
        if entry_hash(e) != bytes.fromhex(e["hash"]):
            return "hash.wrong", number
        if e["session_seq"] != sessions.get(e["session"], 0) + 1:
            return "session.gap", number
        sessions[e["session"]] = e["session_seq"]
        before = bytes.fromhex(e["hash"])
        if e["data"] is None:
            missing.add(number)
            continue
        message = text(e["idem"]) + e["data"].encode()
        if hmac.new(bytes.fromhex(e["key"]), message, "sha256").hexdigest() != e["commit"]:
            return "data.changed", number
        if e["kind"] == "trace.erased":
            for first, last in json.loads(e["data"])["ranges"]:
                erased.update(range(first, last + 1))
    if (len(entries), before.hex()) != (head["entries"], head["hash"]) or len(lines) != len(entries) + 2:
        return "truncated", len(entries)
    if missing != erased:
        return "data.missing", min(missing ^ erased)
    return "good", len(entries)


async def write(trace: Trace, path: Path) -> list[bytes]:
    lines = [line async for line in export(trace.store)]
    path.write_bytes(b"".join(lines))
    return lines


async def test_the_stranger_agrees_with_us(trace: Trace, tmp_path: Path) -> None:
    path = tmp_path / "trace.jsonl"
    for n in range(20):
        await trace.record(
            "chat.said",
            {"text": f'Салам, "дүйнө" \\ \n\u2028 {n}'},
            actor="Айгүл",
            session=f"s{n % 3}",
            key=f"k{n}",
        )
    await erase(trace, [1, 5, 6, 7], actor="system", reason="test")
    lines = await write(trace, path)
    assert verify(path) == ("good", 21)
    assert (await ours(trace.store)).good

    for seq, old, new, code in (
        (3, b'"actor":"', b'"actor":"x', "hash.wrong"),
        (4, b"chat.said", b"chat.sand", "hash.wrong"),
        (8, b'{\\"text', b'{\\"tExt', "data.changed"),
    ):
        assert old in lines[seq]
        path.write_bytes(b"".join([*lines[:seq], lines[seq].replace(old, new, 1), *lines[seq + 1 :]]))
        assert verify(path) == (code, seq)
    path.write_bytes(b"".join(lines[:-1]))
    assert verify(path)[0] == "truncated"


async def test_an_empty_trace_is_good_for_the_stranger_too(trace: Trace, tmp_path: Path) -> None:
    await write(trace, tmp_path / "trace.jsonl")
    assert verify(tmp_path / "trace.jsonl") == ("good", 0)
    assert await ours(trace.store) == Report()
