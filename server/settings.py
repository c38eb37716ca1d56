"""The settings: one frozen dataclass, read once at start and passed down.

In flow `sabak.toml` (flat keys) and environment variables (the same names in capitals after
``SABAK_``, which win); out flows `Settings`, checked. Nothing reads the environment later: the
supervisor hands the parsed settings to its children as one JSON file. The commented sample is
written from the same table of fields, so that it cannot disagree with the defaults.
"""

# ruff: noqa: RUF009 - `_setting` is a field specifier like dataclasses.field
import dataclasses
import hashlib
import json
import os
import tempfile
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from server import settings_values as values
from server.errors import SettingsError
from server.settings_values import Address

PREFIX = "SABAK_"
FILE_NAME = "sabak.toml"
FILE_VARIABLE = "SABAK_SETTINGS"
"""Names the settings file; without it `sabak.toml` of the working folder is read when it exists."""

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})

SOCKET_PATH_BYTES = 107
"""Linux allows 108 bytes for the path of a Unix socket, one of them the closing zero."""


def _setting(default: Any, parse: Callable[[Any], Any], about: str, *, secret: bool = False) -> Any:
    return field(default=parse(default), repr=not secret, metadata={"parse": parse, "about": about})


def _path(value: Any) -> Path | None:
    name = values.text(value)
    try:
        return Path(name).expanduser() if name else None
    except RuntimeError:
        raise ValueError("it begins with the home folder of somebody unknown") from None


def _folder(value: Any) -> Path:
    path = _path(value)
    if path is None:
        raise ValueError("it wants a folder")
    return path


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything an operator can choose. Each `about` is the comment in the sample file."""

    data: Path = _setting(
        "data",
        _folder,
        "Folder of everything that must be kept: database, recordings, certificates.\n"
        "Relative paths in this file start at the folder of this file.",
    )
    http: Address = _setting(
        "127.0.0.1:8080",
        values.address,
        "Where pages and WebSockets are served. Browsers give cameras only to localhost or\n"
        "over HTTPS: for others than yourself set tls_cert and tls_key, or put a proxy in front.",
    )
    public_url: str = _setting(
        "",
        values.origin,
        "The address that people type, such as https://sabak.example.kg. Empty: made from http.",
    )
    tls_cert: Path | None = _setting("", _path, "Certificate chain (PEM) for HTTPS. Empty: plain HTTP.")
    tls_key: Path | None = _setting("", _path, "Private key (PEM) of tls_cert.")
    trusted_proxies: tuple[str, ...] = _setting(
        [],
        values.networks,
        "Networks of proxies whose X-Forwarded-For and X-Forwarded-Proto are believed.",
    )
    client: Path | None = _setting(
        "", _path, "Folder of the built pages. Empty: static/dist beside the program, as make builds it."
    )
    media: tuple[Address, ...] = _setting(
        ["0.0.0.0:40000", "[::]:40000"],
        values.addresses,
        "Where sound and pictures arrive, UDP and TCP. Worker i takes the port plus i;\n"
        "open them in the firewall.",
    )
    announce: tuple[str, ...] = _setting(
        [],
        values.ip_addresses,
        "IP addresses told to browsers. Empty: every address of this machine. Behind NAT: the\npublic one.",
    )
    workers: int = _setting(
        0, values.whole(0, 256), "Media workers. 0: one fewer than processor cores, at least 1."
    )
    vision_workers: int = _setting(
        1, values.whole(0, 64), "Vision workers for exams, at low priority. 0: no analysis."
    )
    turn_urls: tuple[str, ...] = _setting(
        [],
        values.turn_urls,
        "A relay (coturn) for networks that let only TLS through, such as\n"
        "turns:turn.example.kg:443?transport=tcp.",
    )
    turn_secret: str = _setting(
        "", values.text, "The relay's static-auth-secret: passwords are made from it.", secret=True
    )
    turn_hours: int = _setting(12, values.whole(1, 168), "Hours a relay password is good for.")
    database: str = _setting(
        "",
        values.database,
        "postgresql://user:password@host/name. Empty: SQLite, file sabak.db in the data folder.",
        secret=True,
    )
    database_sync: str = _setting(
        "full",
        values.one_of("full", "normal"),
        "SQLite only. full: what was acknowledged survives a power cut. normal: it survives a\n"
        "crash of any process, but a power cut may take the last moments. Never corrupts.",
    )
    trace_key: Path | None = _setting(
        "",
        _path,
        "File of the key that signs the trace, made at the first start. Beside it lie its public half\n"
        "(.pub) and a second copy of what it signed (.checkpoints). Empty: keys/trace/trace.key in the\n"
        "data folder. Better on another disk, where who can change the database cannot write.",
    )
    checkpoint_minutes: int = _setting(
        10, values.whole(1, 1440), "Minutes between two signatures of the trace, if something was written."
    )
    require_two_factor: bool = _setting(
        False, values.flag, "Staff (everybody but students and guests) must use two-factor login."
    )
    password_minimum: int = _setting(10, values.whole(8, 64), "Least length of a password.")
    session_hours: int = _setting(12, values.whole(1, 720), "Hours until a login ends.")
    time_zone: str = _setting("Asia/Bishkek", values.time_zone, "Time zone of the timetable.")
    academic_hour: int = _setting(45, values.whole(40, 60), "Minutes of an academic hour.")
    attendance_share: int = _setting(
        75, values.whole(1, 100), "Percent of a class that makes a student present in the journal."
    )
    attendance_late: int = _setting(
        5, values.whole(0, 60), "Minutes after the beginning from which on a student is late."
    )
    attendance_excuse_days: int = _setting(30, values.whole(1, 366), "Most days that one excuse can cover.")
    slides_pages: int = _setting(300, values.whole(1, 2000), "Most pages that one file of slides can have.")
    trial_classes: int = _setting(
        20, values.whole(0, 1000), "Most trial classes at once; 0 for none. Each has one person in it."
    )
    journal_lock_days: int = _setting(
        14,
        values.whole(0, 366),
        "Days after the end of a semester from which on its journals are locked. A locked journal\n"
        "is reopened by the office head, with a reason.",
    )
    smtp_host: str = _setting(
        "",
        values.host,
        "The university's own mail server, for notices and the support mailbox. Empty: no mail is sent,\n"
        "everything stays in the pages. `sabak mail test ADDRESS` tries it.",
    )
    smtp_port: int = _setting(587, values.whole(1, 65535), "Its port: 587 for starttls, 465 for tls, 25.")
    smtp_security: str = _setting(
        "starttls",
        values.one_of("starttls", "tls", "none"),
        "starttls, tls (from the first byte), or none: only for a mail server on this machine.",
    )
    smtp_ca: Path | None = _setting(
        "", _path, "Certificate authority (PEM) of the mail server. Empty: those that the machine trusts."
    )
    smtp_user: str = _setting("", values.text, "Name to log in to the mail server with. Empty: no log-in.")
    smtp_password: str = _setting("", values.text, "Password of smtp_user.", secret=True)
    smtp_from: str = _setting(
        "", values.mail_address, "Address that mail comes from, such as sabak@example.kg."
    )
    support_mailbox: str = _setting(
        "",
        values.mail_address,
        "Mailbox of the university's technical support. What people report goes there too; empty: only to\n"
        "the page of support.",
    )
    mail_per_minute: int = _setting(60, values.whole(1, 6000), "Most mails sent in a minute.")
    retention_hour: int = _setting(
        3,
        values.whole(0, 23),
        "Hour of the day (time_zone) at which records whose term is over are removed.",
    )
    campus_networks: tuple[str, ...] = _setting(
        [],
        values.networks,
        "Networks of the university's rooms. When set, QR-visit counts only from these for those\n"
        "who are not connected to the class.",
    )
    exam_pages: tuple[str, ...] = _setting(
        [],
        values.origins,
        "Addresses of the LMS whose page an exam may show inside of its own, such as\n"
        "https://lms.example.kg. Others open in a tab of their own.",
    )
    university: str = _setting("", values.text, "Name of the university on reports and other papers.")
    synchronous_base: str = _setting(
        "total",
        values.one_of("total", "contact"),
        "What the share of synchronous hours is taken of: total, all hours of a discipline;\n"
        "contact, its contact hours.",
    )
    synchronous_minimum: int = _setting(
        20, values.whole(0, 100), "Percent of a discipline's hours that must be synchronous."
    )
    mooc_minimum: int = _setting(10, values.whole(0, 100), "The same for courses in MOOC format.")
    log_level: str = _setting(
        "info", values.one_of("debug", "info", "warning", "error"), "How much the log says."
    )
    demo_password: str = _setting(
        "",
        values.text,
        "Password of the accounts of `sabak demo`. Empty: a random one, printed once.",
        secret=True,
    )
    demo_clock: float = _setting(
        1,
        values.number(1, 10_000),
        "For trials only: the clock runs this many times as fast. Refused unless the data\n"
        "folder was made by `sabak demo`.",
    )

    @property
    def keys_dir(self) -> Path:
        return self.data / "keys"

    @property
    def trace_key_file(self) -> Path:
        return self.trace_key or self.keys_dir / "trace" / "trace.key"

    @property
    def recordings_dir(self) -> Path:
        return self.data / "recordings"

    @property
    def run_dir(self) -> Path:
        """Folder of sockets and pid files. Under the data folder, or where that makes socket paths
        too long a private one under the temporary folder, the same for the same data folder."""
        preferred = self.data / "run"
        if len(os.fsencode(preferred / "supervisor.sock")) <= SOCKET_PATH_BYTES:
            return preferred
        name = hashlib.sha256(os.fsencode(self.data)).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"sabak-{os.getuid()}-{name}"

    @property
    def media_workers(self) -> int:
        return self.workers or max(1, len(os.sched_getaffinity(0)) - 1)

    @property
    def tls(self) -> bool:
        return self.tls_cert is not None

    @property
    def url(self) -> str:
        """What people type: `public_url`, or made from `http`."""
        if self.public_url:
            return self.public_url
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.http.host, self.http.host)  # noqa: S104
        return f"{'https' if self.tls else 'http'}://{Address(host, self.http.port)}"

    @property
    def demo_marker(self) -> Path:
        """The file that marks a data folder made by `sabak demo`."""
        return self.data / "demo"


FIELDS = {each.name: each for each in dataclasses.fields(Settings)}


def load(path: Path | None = None, env: Mapping[str, str] | None = None) -> Settings:
    """Read the settings.

    Args:
        path: the settings file. None: what SABAK_SETTINGS names, else ./sabak.toml if there.
        env: the environment, by default the process's own.

    Raises:
        SettingsError: with a sentence that names the key and says what to do.
    """
    env = os.environ if env is None else env
    if path is None:
        named = env.get(FILE_VARIABLE, "")
        path = Path(named) if named else Path(FILE_NAME)
        if not named and not path.exists():
            path = None
    found: dict[str, Any] = {}
    if path is not None:
        for key, given in _read_toml(path).items():
            value = _parse(key, given, f"{key} in {path}")
            found[key] = path.parent / value if isinstance(value, Path) else value
    for variable, text in env.items():
        if variable.startswith(PREFIX) and variable != FILE_VARIABLE:
            key = variable.removeprefix(PREFIX).lower()
            found[key] = _parse(key, text, variable)
    paths = {name: path.absolute() for name, path in found.items() if isinstance(path, Path)}
    settings = Settings(**{"data": Path("data").absolute()} | found | paths)
    _check(settings)
    return settings


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_bytes().decode())
    except OSError as error:
        raise SettingsError(
            "settings.unreadable", f"Cannot read the settings file {path}: {error.strerror}."
        ) from None
    except UnicodeDecodeError:
        raise SettingsError("settings.syntax", f"{path} is not UTF-8 text.") from None
    except tomllib.TOMLDecodeError as error:
        raise SettingsError("settings.syntax", f"{path} is not valid TOML: {error}.") from None


def _parse(key: str, value: Any, where: str) -> Any:
    if key not in FIELDS:
        near = get_close_matches(key, FIELDS, 1)
        hint = f"Did you mean {near[0]}?" if near else "`sabak settings sample` lists all."
        raise SettingsError("settings.unknown", f"{where} is not a setting. {hint}")
    try:
        return FIELDS[key].metadata["parse"](value)
    except ValueError as error:
        raise SettingsError("settings.value", f"{where} is wrong: {error}.") from None


def _check(settings: Settings) -> None:
    if (settings.tls_cert is None) != (settings.tls_key is None):
        raise SettingsError("settings.conflict", "tls_cert and tls_key go together: set both or neither.")
    for path in filter(None, (settings.tls_cert, settings.tls_key)):
        if not os.access(path, os.R_OK):
            raise SettingsError("settings.unreadable", f"Cannot read {path}: check its path and owner.")
    relays = [url for url in settings.turn_urls if not url.startswith("stun:")]
    if relays and not settings.turn_secret:
        raise SettingsError("settings.conflict", "turn_urls needs turn_secret, the relay's secret.")
    if max(a.port for a in settings.media) + settings.media_workers > 65536:
        raise SettingsError("settings.conflict", "media: the base port plus the workers is past 65535.")
    if settings.smtp_host and not settings.smtp_from:
        raise SettingsError(
            "settings.conflict", "smtp_host needs smtp_from, the address that mail comes from."
        )
    if settings.smtp_user and settings.smtp_security == "none" and settings.smtp_host not in LOOPBACK:
        raise SettingsError(
            "settings.conflict",
            "smtp_user would send its password in the clear: set smtp_security to starttls or tls.",
        )
    if settings.smtp_ca is not None and not os.access(settings.smtp_ca, os.R_OK):
        raise SettingsError(
            "settings.unreadable", f"Cannot read {settings.smtp_ca}: check its path and owner."
        )
    if settings.demo_clock != 1 and not settings.demo_marker.exists():
        raise SettingsError(
            "settings.conflict",
            f"demo_clock is refused: {settings.data} was not made by `sabak demo`. "
            "Remove demo_clock, or name another data folder.",
        )


def dump(settings: Settings) -> str:
    """The settings as JSON for `restore`; holds secrets, so its file must be private."""
    return json.dumps({name: _plain(getattr(settings, name)) for name in FIELDS})


def restore(text: str) -> Settings:
    """Settings from what `dump` wrote, checked again value by value.

    Raises:
        SettingsError: the text was not written by `dump` of this version.
    """
    try:
        given = json.loads(text)
        return Settings(**{key: _parse(key, value, key) for key, value in given.items()})
    except (ValueError, AttributeError):
        raise SettingsError("settings.syntax", "The settings file of the run folder is broken.") from None


def restore_file(path: Path) -> Settings:
    """`restore` of a file."""
    try:
        return restore(path.read_text())
    except OSError as error:
        raise SettingsError("settings.unreadable", f"Cannot read {path}: {error.strerror}.") from None


def _plain(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, Path | Address):
        return str(value)
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return value


def sample() -> str:
    """The fully commented sample: every setting with its default, switched off by a ``#``."""
    parts = [
        "# Settings of Sabak. Every line shows its default; remove the # to change it.",
        "# A variable SABAK_ and the name in capitals wins over this file: SABAK_HTTP=0.0.0.0:80",
        "",
    ]
    for name, each in FIELDS.items():
        parts += [f"# {line}" for line in each.metadata["about"].splitlines()]
        value = _plain(each.default)
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        parts += [f"#{name} = {json.dumps(value)}", ""]
    return "\n".join(parts)
