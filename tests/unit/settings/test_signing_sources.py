"""Where the token comes from: in which order, and that it is for one server alone."""

from pathlib import Path

import pytest

from cubewatch.model.repository import API_URL
from cubewatch.settings import Secret, SettingsError
from cubewatch.settings.config_file import ConfigFile
from cubewatch.settings.token_sources import Sources
from tests.support.keyrings import MemoryKeyring

PUBLIC = "api.sourcecraft.tech"
PATH = Path("config.toml")
CONFIG = ConfigFile(PATH, token_command="echo pv1_configured", token=Secret("pv1_file"))
ENVIRON = {"SOURCECRAFT_TOKEN": "pv1_first\n", "SOURCECRAFT_PAT": "pv1_second"}
ENTRIES = {("cubewatch", PUBLIC): "pv1_own", ("sourcecraft-cli", "someone"): "pv1_src"}


@pytest.fixture(autouse=True)
def keyring(monkeypatch: pytest.MonkeyPatch) -> MemoryKeyring:
    ring = MemoryKeyring(dict(ENTRIES))
    monkeypatch.setattr("keyring.core._keyring_backend", ring)
    return ring


def found(sources: Sources) -> tuple[str, str]:
    told: list[str] = []
    token = sources.token(told.append)
    assert told == []
    assert "pv1_" not in repr(token)
    return token.token.reveal(), token.place


def test_each_source_counts_when_those_before_it_are_silent(keyring: MemoryKeyring) -> None:
    without_command = ConfigFile(PATH, token=Secret("pv1_file"))
    silent = {"SOURCECRAFT_TOKEN": " \n"}
    order = [
        (Sources(ENVIRON, CONFIG, token_command="echo pv1_flag"), "pv1_flag", "--token-command"),
        (Sources(ENVIRON, CONFIG), "pv1_first", "SOURCECRAFT_TOKEN"),
        (Sources(ENVIRON | silent, CONFIG), "pv1_second", "SOURCECRAFT_PAT"),
        (Sources(silent, CONFIG), "pv1_configured", "token_command in config.toml"),
        (Sources(silent, without_command), "pv1_file", "token in config.toml"),
        (Sources({}, ConfigFile(PATH)), "pv1_own", "the system keyring"),
    ]
    for sources, token, place in order:
        assert found(sources) == (token, place)
    del keyring.entries["cubewatch", PUBLIC]
    assert found(Sources({}, ConfigFile())) == ("pv1_src", "the system keyring, where src keeps it")


def test_places_show_no_token() -> None:
    sources = Sources(ENVIRON, ConfigFile(PATH, token=Secret("pv1_file")))
    assert len(list(sources.places())) == 3
    assert "pv1_" not in repr(list(sources.places()))


def test_no_more_is_asked_than_it_takes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("keyring.core._keyring_backend", None)
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "nothing.of.the.kind")
    ran = tmp_path / "ran"
    config = ConfigFile(PATH, token_command=f"touch {ran}; echo pv1_configured")
    assert found(Sources(ENVIRON, config))[0] == "pv1_first"
    assert not ran.exists()


def test_address_comes_from_flag_environment_or_file() -> None:
    config = ConfigFile(PATH, api_url="https://file.example.com")
    environ = {"SOURCECRAFT_API_URL": "https://environment.example.com/ "}
    assert Sources(environ, config, "https://flag.example.com/v1/").address() == (
        "https://flag.example.com/v1"
    )
    assert Sources(environ, config).address() == "https://environment.example.com"
    assert Sources({"SOURCECRAFT_API_URL": ""}, config).address() == "https://file.example.com"
    assert Sources({}, ConfigFile()).address() == API_URL
    with pytest.raises(SettingsError, match="https://"):
        Sources({"SOURCECRAFT_API_URL": "http://ci.example.com"}, config).address()


def test_what_the_file_has_is_for_the_server_of_the_file() -> None:
    config = ConfigFile(PATH, api_url="https://ci.example.com/v1", token=Secret("pv1_file"))
    assert found(Sources({}, config))[0] == "pv1_file"
    assert found(Sources({}, config, "https://CI.example.com/v2"))[0] == "pv1_file"
    assert found(Sources({}, config, API_URL))[0] == "pv1_own"
    other = Sources({}, CONFIG, "https://ci.example.com")
    with pytest.raises(SettingsError, match=f"the one in config.toml is for {PUBLIC}") as refusal:
        found(other)
    assert str(refusal.value).startswith("no token for ci.example.com is known: run cubewatch log")
    assert "pv1" not in str(refusal.value)


@pytest.mark.parametrize(
    "address",
    ["https://ci.example.com", f"https://{PUBLIC}:8443", f"https://{PUBLIC}.example.com"],
)
def test_what_the_keyring_has_for_one_server_is_for_no_other(address: str) -> None:
    with pytest.raises(SettingsError, match=r"run cubewatch login, set SOURCECRAFT_TOKEN, or try"):
        found(Sources({}, ConfigFile(), address))


def test_our_own_entries_are_kept_apart_by_server(keyring: MemoryKeyring) -> None:
    keyring.entries["cubewatch", "localhost:8000"] = "pv1_local"
    assert found(Sources({}, ConfigFile(), "http://localhost:8000"))[0] == "pv1_local"
    with pytest.raises(SettingsError):
        found(Sources({}, ConfigFile(), "http://localhost:9000"))


@pytest.mark.parametrize("token", ["pv1 x", "pv1\nx", "pv1_\u0442", "pv1\udcff"])
def test_the_first_that_should_have_one_must_have_a_good_one(token: str) -> None:
    with pytest.raises(SettingsError, match="SOURCECRAFT_TOKEN holds no token") as refusal:
        found(Sources(ENVIRON | {"SOURCECRAFT_TOKEN": token}, CONFIG))
    assert token not in str(refusal.value)


def test_files_and_clones_of_another_api_are_nowhere_unless_named() -> None:
    assert Sources({}, ConfigFile()).raw_url() == "https://raw.sourcecraft.tech"
    assert Sources({}, ConfigFile()).git_url() == "https://git.sourcecraft.dev"
    other = ConfigFile(api_url="https://ci.example.com")
    assert Sources({}, other).raw_url() == Sources({}, other).git_url() == ""
    environ = {"SOURCECRAFT_RAW_URL": "http://127.0.0.1:1/"}
    assert Sources(environ, other).raw_url() == "http://127.0.0.1:1"
    assert Sources({}, ConfigFile(git_url="https://git.x")).git_url() == "https://git.x"
    with pytest.raises(SettingsError, match="SOURCECRAFT_GIT_URL must start with https"):
        Sources({"SOURCECRAFT_GIT_URL": "http://git.x"}, other).git_url()
