"""Settings: defaults, file, environment, and a sentence for everything that can be wrong."""

import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from server import settings as module
from server.errors import SettingsError
from server.settings import FIELDS, Settings, dump, load, restore, sample
from server.settings_values import Address


def refused(code: str, path: Path | None = None, **env: str) -> str:
    with pytest.raises(SettingsError) as raised:
        load(path, env)
    assert raised.value.code == code
    return raised.value.message


def test_the_sample_file_is_the_sample_and_its_values_are_the_defaults(tmp_path: Path) -> None:
    committed = Path(module.__file__).with_name("sabak.sample.toml").read_text()
    assert committed == sample(), "run: sabak settings sample > server/sabak.sample.toml"
    lines = [line.removeprefix("#") for line in sample().splitlines() if not line.startswith("# ")]
    switched_on = "\n".join(lines)
    assert set(tomllib.loads(switched_on)) == set(FIELDS)
    path = tmp_path / "sabak.toml"
    path.write_text(switched_on)
    assert load(path, {}) == replace(Settings(), data=tmp_path / "data")


def test_every_setting_has_a_comment_in_the_sample() -> None:
    lines = sample().splitlines()
    for name in FIELDS:
        place = next(n for n, line in enumerate(lines) if line.startswith(f"#{name} = "))
        assert lines[place - 1].startswith("# ")


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    path = tmp_path / "sabak.toml"
    path.write_text(
        'http = "0.0.0.0:9000"\nworkers = 3\nannounce = ["10.0.0.1"]\nrequire_two_factor = true\n'
    )
    found = load(path, {"SABAK_HTTP": "[::]:80", "SABAK_MEDIA": "127.0.0.1:5000, [::1]:5000", "HOME": "/"})
    assert found.http == Address("::", 80)
    assert found.media == (Address("127.0.0.1", 5000), Address("::1", 5000))
    assert (found.workers, found.announce, found.require_two_factor) == (3, ("10.0.0.1",), True)


def test_the_file_is_found_by_its_variable_or_in_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert load(None, {}).workers == 0
    (tmp_path / "sabak.toml").write_text("workers = 2")
    (tmp_path / "other.toml").write_text("workers = 5")
    assert load(None, {}).workers == 2
    assert load(None, {"SABAK_SETTINGS": "other.toml"}).workers == 5
    assert load(None, {"SABAK_DATA": "kept"}).data == tmp_path / "kept"


def test_what_is_unknown_unreadable_or_no_toml_is_said(tmp_path: Path) -> None:
    assert "Did you mean workers?" in refused("settings.unknown", SABAK_WORKER="1")
    assert "SABAK_NONSENSE" in refused("settings.unknown", SABAK_NONSENSE="1")
    path = tmp_path / "sabak.toml"
    assert str(path) in refused("settings.unreadable", path)
    assert str(path) in refused("settings.unreadable", SABAK_SETTINGS=str(path))
    path.write_text("worker = 1")
    refused("settings.unknown", path)
    path.write_text("workers = ")
    refused("settings.syntax", path)
    path.write_bytes(b"\xff\xfe")
    refused("settings.syntax", path)
    refused("settings.unreadable", tmp_path)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HTTP", "8080"),
        ("HTTP", "localhost:99999"),
        ("HTTP", "::1:80"),
        ("HTTP", "[::1:80"),
        ("MEDIA", ""),
        ("MEDIA", "a b:1"),
        ("WORKERS", "many"),
        ("WORKERS", "-1"),
        ("WORKERS", "1" * 5000),
        ("ANNOUNCE", "example.com"),
        ("TRUSTED_PROXIES", "10.0.0.1/8"),
        ("PUBLIC_URL", "sabak.example.kg"),
        ("PUBLIC_URL", "https://a/b"),
        ("PUBLIC_URL", "https://user@a"),
        ("TIME_ZONE", "Mars/Base"),
        ("TIME_ZONE", "../../etc/passwd"),
        ("DATABASE", "mysql://x"),
        ("DATABASE_SYNC", "off"),
        ("REQUIRE_TWO_FACTOR", "maybe"),
        ("PASSWORD_MINIMUM", "4"),
        ("TURN_URLS", "http://x"),
        ("DATA", ""),
        ("LOG_LEVEL", "loud"),
        ("DEMO_CLOCK", "0"),
        ("DEMO_CLOCK", "nan"),
    ],
)
def test_a_bad_value_names_its_variable(name: str, value: str) -> None:
    assert f"SABAK_{name}" in refused("settings.value", **{f"SABAK_{name}": value})


def test_settings_that_do_not_fit_together_are_refused(tmp_path: Path) -> None:
    assert "tls_key" in refused("settings.conflict", SABAK_TLS_CERT="/x.pem")
    refused("settings.unreadable", SABAK_TLS_CERT="/no/x.pem", SABAK_TLS_KEY="/no/x.pem")
    refused("settings.conflict", SABAK_TURN_URLS="turn:turn.example.kg:3478")
    refused("settings.conflict", SABAK_MEDIA="0.0.0.0:65535", SABAK_WORKERS="4")
    assert "demo" in refused("settings.conflict", SABAK_DEMO_CLOCK="60", SABAK_DATA=str(tmp_path))
    (tmp_path / "demo").touch()
    assert load(None, {"SABAK_DEMO_CLOCK": "60", "SABAK_DATA": str(tmp_path)}).demo_clock == 60


def test_secrets_are_not_shown() -> None:
    found = load(
        None,
        {
            "SABAK_DATABASE": "postgresql://sabak:hidden@db/sabak",
            "SABAK_TURN_SECRET": "hidden",
            "SABAK_DEMO_PASSWORD": "hidden",
        },
    )
    assert "hidden" not in repr(found)


def test_children_get_the_same_settings_back() -> None:
    found = load(
        None,
        {
            "SABAK_HTTP": "[::]:8443",
            "SABAK_ANNOUNCE": "10.0.0.1,fd00::1",
            "SABAK_DATABASE": "postgres://sabak:x@db/sabak",
            "SABAK_DEMO_PASSWORD": 'a "b" \\ Ү',
        },
    )
    assert restore(dump(found)) == found
    assert found.database.startswith("postgresql://")
    for broken in ("", "[]", "{", '{"http": 3}', '{"nonsense": 3}'):
        with pytest.raises(SettingsError):
            restore(broken)


def test_the_run_folder_is_short_enough_for_sockets(tmp_path: Path) -> None:
    assert Settings(data=tmp_path).run_dir == tmp_path / "run"
    long = Settings(data=tmp_path / ("x" * 100))
    assert len(bytes(long.run_dir / "supervisor.sock")) <= 107
    assert long.run_dir == Settings(data=tmp_path / ("x" * 100)).run_dir
    assert long.run_dir != Settings(data=tmp_path / ("y" * 100)).run_dir


@pytest.mark.parametrize(
    ("env", "url"),
    [
        ({}, "http://127.0.0.1:8080"),
        ({"SABAK_HTTP": "0.0.0.0:80"}, "http://127.0.0.1:80"),
        ({"SABAK_HTTP": "[::]:80"}, "http://[::1]:80"),
        ({"SABAK_PUBLIC_URL": "https://sabak.example.kg/"}, "https://sabak.example.kg"),
    ],
)
def test_the_address_that_people_type(env: dict[str, str], url: str) -> None:
    assert load(None, env).url == url


values = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=30), st.lists(st.text(max_size=9))
)


@given(st.sampled_from(sorted(FIELDS)), values)
@example("tls_cert", "~0")  # nobody's home folder
def test_no_value_is_a_traceback(name: str, value: object) -> None:
    try:
        FIELDS[name].metadata["parse"](value)
    except ValueError:
        pass
