"""The token that src keeps in its config file."""

from pathlib import Path

import pytest

from cubewatch.settings import SettingsError
from cubewatch.settings.config_file import ConfigFile
from cubewatch.settings.src_config import src_file_token
from cubewatch.settings.token_sources import Sources
from tests.support.keyrings import MemoryKeyring

GOOD = "auth:\n  storage: filesystem\n  token: pv1_src\n"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("keyring.core._keyring_backend", MemoryKeyring())
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True)
    path.write_text(text)


@pytest.mark.parametrize("place", [".config/src/config.yaml", ".src/config.yml"])
def test_the_token_of_src_signs_in(home: Path, place: str) -> None:
    write(home / place, GOOD)
    found = Sources({}, ConfigFile()).token(print)
    assert found.token.reveal() == "pv1_src"
    assert found.place == f"{home / place}, where src keeps it"
    assert "pv1_" not in repr(found)


def test_the_token_of_src_is_for_the_public_api_alone(home: Path) -> None:
    write(home / ".config/src/config.yaml", GOOD)
    with pytest.raises(SettingsError, match=r"no token for ci\.example\.com"):
        Sources({}, ConfigFile(), "https://ci.example.com").token(print)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "auth: filesystem",
        "auth:\n  storage: keyring\n  token: pv1_src\n",
        "auth:\n  storage: filesystem\n",
        "auth:\n  storage: filesystem\n  token: [pv1_src]\n",
        "auth:\n  storage: filesystem\n  token: pv1 src\n",
        "auth: {storage: filesystem, token: pv1_src",
        GOOD + "#" * 256_000,
    ],
)
def test_a_file_without_a_token_is_no_trouble(home: Path, text: str) -> None:
    write(home / ".config/src/config.yaml", text)
    assert src_file_token() is None


def test_without_a_keyring_login_is_not_advised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cubewatch.settings.system_keyring.find_spec", lambda _: None)
    with pytest.raises(SettingsError) as refusal:
        Sources({}, ConfigFile()).token(print)
    assert "is known: set SOURCECRAFT_TOKEN, or try cubewatch --demo (the system" in str(
        refusal.value
    )
