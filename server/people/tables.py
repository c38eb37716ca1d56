"""The tables of people. Secrets are here only, hashed (or, for TOTP, as they must be); never in the trace.

Times of logins, tokens and consents are integer seconds of the real clock (they must hold while a demo
clock runs fast); times of guest links are session time in microseconds, like the lessons they belong to.
"""

from sqlalchemy import BigInteger, Boolean, ForeignKey, Index, Integer, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from server.store.base import Base


class UserRow(Base):
    """One account. `folded` is what a login is compared by; `searched` name and login, folded."""

    __tablename__ = "users"

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    login: Mapped[str] = mapped_column(String(64))
    folded: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    searched: Mapped[str] = mapped_column(String(300))
    phone: Mapped[str] = mapped_column(String(40), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    language: Mapped[str] = mapped_column(String(2), default="")
    theme: Mapped[str] = mapped_column(String(8), default="system")
    disabled: Mapped[bool] = mapped_column(Boolean, default=False)
    password: Mapped[str] = mapped_column(String(200), default="")
    must_change: Mapped[bool] = mapped_column(Boolean, default=True)
    otp_secret: Mapped[str] = mapped_column(String(64), default="")
    otp_offered: Mapped[str] = mapped_column(String(64), default="")
    otp_step: Mapped[int] = mapped_column(BigInteger, default=0)
    created: Mapped[int] = mapped_column(BigInteger)


class RoleRow(Base):
    """One role of one account in one scope."""

    __tablename__ = "user_roles"
    __table_args__ = (
        UniqueConstraint("user", "role", "scope_kind", "scope"),
        Index("ix_user_roles_role_user", "role", "user"),
        Index("ix_user_roles_scope", "scope_kind", "scope"),
    )

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    user: Mapped[str] = mapped_column(ForeignKey("users.id"))
    role: Mapped[str] = mapped_column(String(32))
    scope_kind: Mapped[str] = mapped_column(String(16))
    scope: Mapped[str] = mapped_column(String(16), default="")


class RecoveryRow(Base):
    """A recovery code of two-factor login; gone once used."""

    __tablename__ = "user_recovery"

    hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    user: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)


class SessionRow(Base):
    """One login of an account or a guest. Revoked and expired ones are deleted."""

    __tablename__ = "login_sessions"

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    user: Mapped[str] = mapped_column(String(16), index=True)
    guest: Mapped[bool] = mapped_column(Boolean, default=False)
    created: Mapped[int] = mapped_column(BigInteger)
    seen: Mapped[int] = mapped_column(BigInteger)
    expires: Mapped[int] = mapped_column(BigInteger)
    address: Mapped[str] = mapped_column(String(45), default="")
    agent: Mapped[str] = mapped_column(String(200), default="")


class TokenRow(Base):
    """A token for a program of one account."""

    __tablename__ = "program_tokens"

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    user: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    created: Mapped[int] = mapped_column(BigInteger)
    expires: Mapped[int] = mapped_column(BigInteger)


class GuestLinkRow(Base):
    """An invitation to one lesson (R30). `expires` is session time in microseconds."""

    __tablename__ = "guest_links"

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    lesson: Mapped[str] = mapped_column(String(16), index=True)
    name: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(32))
    made_by: Mapped[str] = mapped_column(String(16))
    created: Mapped[int] = mapped_column(BigInteger)
    expires: Mapped[int] = mapped_column(BigInteger)
    withdrawn: Mapped[bool] = mapped_column(Boolean, default=False)
    entered: Mapped[int] = mapped_column(Integer, default=0)


class GuestRow(Base):
    """Somebody who entered by a link, under the name they gave."""

    __tablename__ = "guests"

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    link: Mapped[str] = mapped_column(ForeignKey("guest_links.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    language: Mapped[str] = mapped_column(String(2), default="")
    created: Mapped[int] = mapped_column(BigInteger)


class ConsentRow(Base):
    """A text that an account accepted, in the language it was read in (R17)."""

    __tablename__ = "consents"

    user: Mapped[str] = mapped_column(ForeignKey("users.id"), primary_key=True)
    text: Mapped[str] = mapped_column(String(32), primary_key=True)
    version: Mapped[str] = mapped_column(String(16), primary_key=True)
    language: Mapped[str] = mapped_column(String(2))
    accepted: Mapped[int] = mapped_column(BigInteger)
