"""Two-factor login by one-time codes (TOTP, RFC 6238) and recovery codes (R25). Pure but for making secrets.

Flows in: a secret, a code, the real time, the last step used. Flows out: the step the code belongs to,
to be stored so that the same code is refused a second time (RFC 6238, 5.2).
"""

import hashlib
import hmac
import io
import secrets

import pyotp
import segno

STEP = 30
"""Seconds."""

WINDOW = 1
"""Steps before and after that are accepted, for clocks that are off."""

RECOVERY_CODES = 8
ISSUER = "Sabak"


def new_secret() -> str:
    """160 bits in base 32."""
    return pyotp.random_base32()


def uri(secret: str, login: str) -> str:
    """What an authenticator app reads from the QR code."""
    return pyotp.TOTP(secret, interval=STEP).provisioning_uri(name=login, issuer_name=ISSUER)


def picture(text: str) -> str:
    """A QR code as an SVG of its own, drawn on white so that it is readable on a dark page."""
    out = io.BytesIO()
    segno.make(text, error="m").save(out, kind="svg", scale=5, border=4, light="white", xmldecl=False)
    return out.getvalue().decode()


def matching_step(secret: str, code: str, now: float, last: int) -> int | None:
    """The time step whose code this is, or None. Steps up to `last` have been used and are refused."""
    digits = code.replace(" ", "")
    if len(digits) != 6 or not (digits.isascii() and digits.isdigit()):
        return None
    here = int(now) // STEP
    totp = pyotp.TOTP(secret, interval=STEP)
    found = None
    for step in range(max(0, here - WINDOW), here + WINDOW + 1):
        right = hmac.compare_digest(totp.generate_otp(step), digits)
        if right and step > last:
            found = step
    return found


def new_recovery_codes() -> list[str]:
    """Eight codes of 50 bits, shown once."""
    alphabet = "abcdefghjkmnpqrstuvwxyz23456789"
    made = ["".join(secrets.choice(alphabet) for _ in range(10)) for _ in range(RECOVERY_CODES)]
    return [f"{code[:5]}-{code[5:]}" for code in made]


def recovery_hash(user: str, code: str) -> bytes:
    """What is stored of a recovery code; 50 random bits need no slow hash."""
    plain = code.lower().replace("-", "").replace(" ", "")
    return hashlib.sha256(f"sabak recovery\0{user}\0{plain}".encode()).digest()


def looks_like_recovery(code: str) -> bool:
    plain = code.replace("-", "").replace(" ", "")
    return len(plain) == 10 and plain.isalnum()
