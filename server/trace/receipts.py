"""Receipts: what a person can keep of the trace - its head, and the commitments of their own entries.

In flow a person and a session, out flows a `Receipt`, signed. Whoever holds it can show later that
one of these entries was changed or taken out, that the trace was cut below it or written anew.
"""

import struct
from typing import TYPE_CHECKING, Literal

import msgspec
from sqlalchemy import select

from server.store import Store
from server.trace.checkpoints import Checkpoint, Checkpoints, Digits, Hash
from server.trace.signing import is_signed, receipt_bytes
from server.trace.tables import EntryRow

if TYPE_CHECKING:
    from server.house import House

FORMAT: Literal["sabak.receipt.1"] = "sabak.receipt.1"
EVERY_SESSION = "*"

MAX_ENTRIES = 20_000
"""The newest; a whole day of exam is some thousands."""


class ReceiptHead(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The newest entry of the trace when the receipt was made."""

    seq: int
    hash: Hash


class OwnEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    seq: int
    commit: Hash


class Receipt(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`session` is `*` for every session; `time` in microseconds of session time; `checkpoint` the one
    that signs `head`, None of an empty trace."""

    format: Literal["sabak.receipt.1"]
    person: str
    session: str
    time: int
    head: ReceiptHead
    entries: list[OwnEntry]
    checkpoint: Checkpoint | None
    key: Digits
    signature: Digits

    def message(self) -> bytes:
        """The bytes that are signed. Raises struct.error where a number does not fit."""
        own = [(each.seq, bytes.fromhex(each.commit)) for each in self.entries]
        digest = bytes.fromhex(self.head.hash)
        return receipt_bytes(self.person, self.session, self.time, self.head.seq, digest, own)

    def is_signed(self) -> bool:
        """Whether the signature is that of the key named here."""
        try:
            return is_signed(bytes.fromhex(self.key), bytes.fromhex(self.signature), self.message())
        except (ValueError, struct.error):
            return False


async def receipt_of(
    store: Store, checkpoints: Checkpoints, person: str, session: str = EVERY_SESSION
) -> Receipt:
    """A receipt of everything that `person` did up to now, in one session or in all.

    Raises:
        TraceError: the checkpoint could not be written. SettingsError: `trace.key`.
    """
    checkpoint = await checkpoints.sign()
    head = ReceiptHead(checkpoint.seq, checkpoint.hash) if checkpoint else ReceiptHead(0, "0" * 64)
    asked = select(EntryRow.seq, EntryRow.commit).where(EntryRow.actor == person, EntryRow.seq <= head.seq)
    if session != EVERY_SESSION:
        asked = asked.where(EntryRow.session == session)
    async with store.read() as db:
        found = (await db.execute(asked.order_by(EntryRow.seq.desc()).limit(MAX_ENTRIES))).all()
    own = [OwnEntry(seq, commit.hex()) for seq, commit in reversed(found)]
    signer = checkpoints.signer
    time = checkpoints.now()
    made = Receipt(FORMAT, person, session, time, head, own, checkpoint, signer.key.hex(), "")
    return msgspec.structs.replace(made, signature=signer.sign(made.message()).hex())


async def receipt_now(house: "House", person: str, session: str = EVERY_SESSION) -> Receipt:
    """For the exam room: what a student gets at the end of an exam. Raises as `receipt_of`."""
    return await receipt_of(house.store, house.part(Checkpoints), person, session)


def read_receipt(raw: bytes) -> Receipt:
    """A receipt as it was kept.

    Raises:
        ValueError: it is none.
    """
    try:
        return msgspec.json.decode(raw, type=Receipt)
    except msgspec.MsgspecError as error:
        raise ValueError(str(error)) from None
