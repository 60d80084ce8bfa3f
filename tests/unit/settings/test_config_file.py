"""The config file: what it may say, and that each mistake is told with its place."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from textual.theme import BUILTIN_THEMES

from cubewatch.model.draft import Draft, RevisionDraft, WorkflowDraft
from cubewatch.model.repository import RepoSlug
from cubewatch.settings import Preset, Secret, SettingsError
from cubewatch.settings.config_file import LIMIT, THEMES, ConfigFile, config_place, read_config_file
from cubewatch.ui.theme import THEME

Write = Callable[..., Path]

ALL = """\
api_url = "https://ci.example.com/v1/"
token_command = "pass show sourcecraft"
token = "pv1_secret"
theme = "nord"
ascii = true
notifications = false
mouse = true
poll_interval = 2.5

[presets.release]
repo = "acme/shop"
ref = "release/1.5"
cfg_tag = "v2"
shared = true
[presets.release.workflows.release]
VERSION = "1.5.0"
NOTES = \"\"\"
two
lines\"\"\"
[presets.release.workflows.nightly]

[presets."every night"]
"""


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(text: str | bytes, mode: int = 0o600) -> Path:
        path = tmp_path / "config.toml"
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        path.chmod(mode)
        return path

    return write


def refusal(path: Path) -> str:
    with pytest.raises(SettingsError) as caught:
        read_config_file(path)
    assert str(caught.value).startswith(str(path))
    assert str(caught.value).isprintable()
    return str(caught.value).removeprefix(str(path))


def test_all_that_it_may_say(write: Write) -> None:
    path = write(ALL)
    values = (("VERSION", "1.5.0"), ("NOTES", "two\nlines"))
    draft = Draft(
        RevisionDraft("branch", "release/1.5"),
        RevisionDraft("tag", "v2"),
        (WorkflowDraft("release", values), WorkflowDraft("nightly")),
        shared=True,
    )
    assert read_config_file(path) == ConfigFile(
        path=path,
        api_url="https://ci.example.com/v1",
        token_command="pass show sourcecraft",
        token=Secret("pv1_secret"),
        theme="nord",
        ascii=True,
        notifications=False,
        mouse=True,
        poll_interval=2.5,
        presets=(
            Preset("release", RepoSlug("acme", "shop"), draft),
            Preset("every night", None, Draft()),
        ),
    )


def test_windows_writes_files_in_its_own_way(write: Write) -> None:
    data = b"\xef\xbb\xbf" + ALL.replace("\n", "\r\n").encode()
    assert read_config_file(write(data)) == read_config_file(write(ALL))


def test_the_usual_file_need_not_be_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    place = config_place()
    assert place
    assert read_config_file() == ConfigFile()
    place.parent.mkdir()
    place.write_text('theme = "nord"')
    assert read_config_file() == ConfigFile(place, theme="nord")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(place))
    assert read_config_file() == ConfigFile()


def test_what_could_hang_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    place = config_place()
    assert place
    place.parent.mkdir()
    os.mkfifo(place)
    with pytest.raises(SettingsError, match=r"config\.toml: not a file$"):
        read_config_file()


def test_a_named_file_must_be_there(tmp_path: Path) -> None:
    assert refusal(tmp_path / "absent.toml") == ": No such file or directory"
    assert refusal(tmp_path) == ": Is a directory"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("mouse = tru", ":1:9: Invalid value"),
        ("mouse = true\nascii", ":2: Expected '=' after a key in a key/value pair"),
        ("mouse = true\nmouse = false\n", ":2:14: Cannot overwrite a value"),
        ('theme = """\nx', ":2: Unterminated string"),
        ("a = " + "[" * 5000, ": nested too deeply"),
        ("tokn_command = 1", ":1: there is no key 'tokn_command' here: did you mean token_co"),
        ("\n\ncolours = true", ":3: there is no key 'colours' here: it takes api_url, token"),
        ("mouse = 1", ":1: mouse is true or false, not a number"),
        ('\nascii = "yes"', ":2: ascii is true or false, not a text"),
        ("theme = 7", ":1: theme takes a text in quotes, not a number"),
        ('theme = "nrd"', ":1: there is no theme 'nrd': did you mean nord?"),
        ('theme = "x"', ":1: there is no theme 'x': it takes cubewatch, "),
        ('poll_interval = "2"', ":1: poll_interval is a number from 1 to 60, not a text"),
        ("poll_interval = true", ":1: poll_interval is a number from 1 to 60, not true or false"),
        ("poll_interval = 0.5", ":1: poll_interval is a number from 1 to 60"),
        ("poll_interval = nan", ":1: poll_interval is a number from 1 to 60"),
        ("poll_interval = 61", ":1: poll_interval is a number from 1 to 60"),
        ('token_command = " "', ":1: token_command is empty"),
        ('token = "pv1 secret"', ":1: token holds no token: there are characters"),
        ('token = ["pv1_secret"]', ":1: token takes a text in quotes, not a list"),
        ('api_url = "http://ci.example.com"', ":1: the API's address must start with https://"),
        ("presets = 1", ":1: presets is a table of its own, not a number"),
        ("[[presets]]\nref = 'a'", ":1: presets is a table of its own, not a list"),
        ("[presets]\nrelease = 'a'", ":2: presets.release is a table of its own, not a text"),
        ("[presets.a]\nbranch = 'x'", ":2: there is no key 'branch' here: it takes repo, ref,"),
        ("presets.a.reff = 'x'", ":1: there is no key 'reff' here: did you mean ref?"),
        ("[presets.a]\nrepo = 'shop'", ":2: 'shop' names no repository: a repository is written"),
        ("[presets.a]\nref = 1.5", ":2: ref takes a text in quotes, not a number"),
        ("[presets.a]\nref = 'x'\ntag = 'y'", ":3: give only one of ref, tag"),
        ("[presets.a]\nshared = true\nref = 'a..b'", ":3: Head: a branch can't contain '..'"),
        ("[presets.a]\ncfg_commit = 'main'\n", ":2: Config from: a commit is"),
        ("[presets.a]\nworkflows = ['x']", ":2: presets.a.workflows is a table of its own"),
        ("[presets.a.workflows]\nx = 'y'", ":2: presets.a.workflows.x is a table of its own"),
        ("[presets.a.workflows.x]\nN = 2\n", ":2: N takes a text in quotes, not a number"),
        ("[presets.a.workflows.x]\nN = false", ":2: N takes a text in quotes, not true or false"),
        ("[presets.a.workflows.x]\nN = 1979-05-27", ":2: N takes a text in quotes, not a date"),
        ("[presets.a.workflows.' ']", ":1: a workflow has no name"),
        ("presets.a.\"\\u001b[2J\" = 1", ":1: there is no key '\\x1b[2J' here"),
    ],
)  # fmt: skip
def test_mistakes(write: Write, text: str, told: str) -> None:
    assert refusal(write(text)).startswith(told)


STATEMENTS = (
    "# a comment",
    'theme = "nord"',
    "mouse = true",
    'api_url = """\\\n  https://\\\n  ci.example.com"""',
    "",
    "[presets.a]",
    "workflows.x.N = '''\n[presets.b]\n\nwrong = 1\n'''",
    "workflows.y = {}",
    'ref = "main"',
    "[presets.c]",
)


@pytest.mark.parametrize("at", range(len(STATEMENTS) + 1))
@pytest.mark.parametrize("wrong", ["wrong = 1", "wrong = [\n1,\n2]", "workflows.wrong.W = 2"])
def test_the_line_is_where_the_statement_begins(write: Write, at: int, wrong: str) -> None:
    before = "".join(f"{statement}\n" for statement in STATEMENTS[:at])
    text = before + "\n".join((wrong, *STATEMENTS[at:]))
    line = before.count("\n") + 1
    assert refusal(write(text)).startswith(f":{line}: ")


def test_what_is_no_text(write: Write) -> None:
    assert refusal(write(b'theme = "nord"\n# caf\xe9\n')) == ":2: write it in UTF-8"
    assert refusal(write(b"#" * (LIMIT + 1))) == ": larger than 256 kB"


@pytest.mark.parametrize("mode", [0o600, 0o400])
def test_a_token_that_only_its_owner_can_read(write: Write, mode: int) -> None:
    assert read_config_file(write("token = 'pv1_secret'", mode)).token == Secret("pv1_secret")


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o644, 0o777])
def test_a_token_that_others_can_read(write: Write, mode: int) -> None:
    path = write("ascii = true\ntoken = 'pv1_secret'", mode)
    assert refusal(path) == f":2: others may read this token: chmod 600 {path}"
    assert read_config_file(write("ascii = true", mode)).ascii


def test_a_token_in_a_file_of_another_user(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write("token = 'pv1_secret'")
    other = os.getuid() + 1
    monkeypatch.setattr("os.getuid", lambda: other)
    assert refusal(path) == ":1: a token must stand in a file of your own"


def test_the_themes_are_ours_and_those_of_textual() -> None:
    assert set(THEMES) == {THEME.name, *BUILTIN_THEMES}
