"""The house's signature: one Ed25519 key (RFC 8032) in a file of its own, made at the first start.

In flow bytes to sign, out flow 64 bytes; in flow bytes, signature and public key, out flows whether
they belong together. What is signed begins with a name of its own, so that a signature of one thing
is never one of another; the shapes here say which bytes those are, and docs/trace.md says it to others.
"""

import os
import struct
from collections.abc import Collection, Sequence
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from server.errors import SettingsError

CHECKPOINT = b"sabak.checkpoint.1\0"
RECEIPT = b"sabak.receipt.1\0"
EXPORT = b"sabak.export.1\0"

_RAW = (serialization.Encoding.Raw, serialization.PublicFormat.Raw)
_END = b"-----END PUBLIC KEY-----"


def texts(*given: str) -> bytes:
    """Each text as its length in 2 bytes and its UTF-8."""
    return b"".join(struct.pack(">H", len(raw)) + raw for raw in (text.encode() for text in given))


def checkpoint_bytes(n: int, seq: int, time: int, digest: bytes) -> bytes:
    return CHECKPOINT + struct.pack(">QQq", n, seq, time) + digest


def receipt_bytes(
    person: str, session: str, time: int, seq: int, digest: bytes, own: Sequence[tuple[int, bytes]]
) -> bytes:
    return b"".join(
        (
            RECEIPT,
            texts(person, session),
            struct.pack(">qQ", time, seq),
            digest,
            struct.pack(">Q", len(own)),
            *(struct.pack(">Q", each) + commit for each, commit in own),
        )
    )


def export_bytes(sha256: bytes) -> bytes:
    return EXPORT + sha256


class Signer:
    """The opened key. `key` is its public half, 32 bytes."""

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self._private = private
        self.key = private.public_key().public_bytes(*_RAW)

    def sign(self, message: bytes) -> bytes:
        return self._private.sign(message)


def is_signed(key: bytes, signature: bytes, message: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def public_file(path: Path) -> Path:
    """Where the public half of the key in `path` lies, for everybody."""
    return path.with_name(path.name + ".pub")


def open_signer(path: Path) -> Signer:
    """The key in `path`; made when there is none, readable for this user alone, with its public half
    beside it. A public file that is there is added to: who trusts it goes on trusting the old key.

    Raises:
        SettingsError: `trace.key`, it cannot be read or made.
    """
    try:
        try:
            raw = path.read_bytes()
        except FileNotFoundError:
            raw = _make(path)
        private = serialization.load_pem_private_key(raw, None)
    except OSError as error:
        raise SettingsError("trace.key", f"Cannot open the trace's key {path}: {error.strerror}.") from None
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise SettingsError("trace.key", f"{path} holds no private key; put the right file back.") from None
    if not isinstance(private, Ed25519PrivateKey):
        raise SettingsError("trace.key", f"{path} holds a key that is not Ed25519.")
    return Signer(private)


def _make(path: Path) -> bytes:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    private = Ed25519PrivateKey.generate()
    raw = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    new = path.with_name(f"{path.name}.{os.getpid()}.new")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(raw)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(new, path)  # unlike a rename it fails where another process was faster
    except FileExistsError:
        return path.read_bytes()
    finally:
        new.unlink()
    with public_file(path).open("ab") as public:
        public.write(public_pem(private.public_key().public_bytes(*_RAW)))
    return raw


def public_pem(key: bytes) -> bytes:
    """The public key as other programs want it (`openssl pkeyutl -verify`, Node's `crypto`)."""
    return Ed25519PublicKey.from_public_bytes(key).public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def read_keys(path: Path) -> list[bytes]:
    """The public keys of a file: one or more in PEM, one after the other.

    Raises:
        OSError: it cannot be read.
        ValueError: it holds none, or one that is not Ed25519.
    """
    found = []
    for part in path.read_bytes().split(_END)[:-1]:
        try:
            key = serialization.load_pem_public_key(part.lstrip() + _END + b"\n")
        except UnsupportedAlgorithm:
            raise ValueError("not Ed25519") from None
        if not isinstance(key, Ed25519PublicKey):
            raise ValueError("not Ed25519")
        found.append(key.public_bytes(*_RAW))
    if not found:
        raise ValueError("no public key")
    return found


def known_keys(path: Path) -> Collection[bytes]:
    """The keys of the public file beside the key in `path`; empty where there is none."""
    try:
        return read_keys(public_file(path))
    except (OSError, ValueError):
        return ()
