"""What was sent, remembered in files that anybody may have spoilt."""

import json
import os
import stat
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from cubewatch.history.memory import MAX_SENT, CannotRemember, Memory, SavedPreset, Sent, distinct
from cubewatch.history.page import MAX_BYTES, file_name
from cubewatch.model.draft import Draft, RevisionDraft, WorkflowDraft, check
from cubewatch.model.repository import RepoSlug
from cubewatch.model.request import GitRevision, InputValue, RunRequest, WorkflowData
from tests.support.copied import of_many_lines

SHOP, SITE = RepoSlug("acme", "shop"), RepoSlug("acme", "site.github.io")
AT = datetime(2026, 10, 21, 8, 0, tzinfo=UTC)


def release(**values: str) -> RunRequest:
    return RunRequest(
        (WorkflowData("release", tuple(InputValue(*item) for item in values.items())),)
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "state" / "sent"


@pytest.fixture
def memory(folder: Path) -> Memory:
    return Memory(folder)


@pytest.fixture
def place(memory: Memory, folder: Path) -> Path:
    """The file of a repository, of which one run is remembered."""
    memory.remember(SHOP, release(VERSION="1"), "1", AT)
    return folder / file_name(SHOP)


def slugs(memory: Memory, repo: RepoSlug = SHOP) -> list[str]:
    return [one.run_slug for one in memory.sent(repo)]


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


def lines(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def test_what_was_sent_without_its_secrets(memory: Memory, folder: Path) -> None:
    values = {"VERSION": "1.5.0", "TOKEN": "pv1_mine", "NOTE": "", "API_KEY": "", "пароль": "тайна"}
    request = RunRequest(
        (*release(**values).workflows, WorkflowData("deploy", (InputValue("KEY", "hidden"),))),
        GitRevision("branch", "release/1.5"),
        GitRevision("commit", "3f2a91c"),
        shared=True,
    )
    memory.remember(SHOP, request, "142", AT.astimezone(timezone(timedelta(hours=3))))
    kept = (("VERSION", "1.5.0"), ("NOTE", ""), ("API_KEY", ""))
    draft = Draft(
        RevisionDraft("branch", "release/1.5"),
        RevisionDraft("commit", "3f2a91c"),
        (WorkflowDraft("release", kept), WorkflowDraft("deploy")),
        shared=True,
    )
    forgotten = (("release", "TOKEN"), ("release", "пароль"), ("deploy", "KEY"))
    assert memory.sent(SHOP) == (Sent(AT, draft, "142", forgotten),)
    assert memory.sent(SHOP)[0].at.tzinfo is UTC
    assert memory.of_run(SHOP, "142") == memory.sent(SHOP)[0]
    assert memory.of_run(SHOP, "143") is memory.of_run(SITE, "142") is None
    written = b"".join(path.read_bytes() for path in folder.iterdir())
    for secret in ("pv1_mine", "hidden", "тайна"):
        assert secret.encode() not in written
        assert json.dumps(secret)[1:-1].encode() not in written


def test_whatever_can_be_sent_is_remembered_as_it_is(memory: Memory) -> None:
    memory.remember(SHOP, of_many_lines(), "7", AT)
    [sent] = memory.sent(SHOP)
    assert check(sent.draft, None).request == of_many_lines()


def test_the_newest_are_kept_each_run_once(memory: Memory) -> None:
    for number in range(MAX_SENT + 5):
        memory.remember(SHOP, release(), str(number), AT + timedelta(seconds=number))
    assert slugs(memory) == [str(number) for number in range(MAX_SENT + 4, 4, -1)]
    memory.remember(SHOP, release(A="again"), "30", AT + timedelta(days=1))
    memory.remember(SHOP, release(), "old", AT - timedelta(days=1))
    assert (len(slugs(memory)), slugs(memory)[0], slugs(memory)[-1]) == (MAX_SENT, "30", "old")
    assert slugs(memory).count("30") == 1


def test_distinct_requests(memory: Memory) -> None:
    requests = [release(A="1"), release(A="2"), release(A="1"), release(A="1", TOKEN="t")]
    for number, request in enumerate(requests):
        memory.remember(SHOP, request, str(number), AT + timedelta(seconds=number))
    assert [one.run_slug for one in distinct(memory.sent(SHOP))] == ["3", "2", "1"]


def test_repositories_that_were_used(memory: Memory, folder: Path, place: Path) -> None:
    memory.remember(SITE, release(), "1", AT + timedelta(seconds=1))
    memory.save_preset(RepoSlug("Acme", "Shop"), "p", release())
    assert memory.repositories() == (SITE, SHOP, RepoSlug("Acme", "Shop"))
    memory.remember(SHOP, release(), "2", AT + timedelta(seconds=2))
    memory.save_preset(SITE, "p", release())
    assert memory.repositories()[:2] == (SHOP, SITE)
    (folder / "0.jsonl").write_bytes(place.read_bytes())
    (folder / "1.jsonl").mkdir()
    place.write_bytes(b"\x00" * 5000)
    assert memory.repositories() == (SITE, RepoSlug("Acme", "Shop"))


def test_nothing_is_remembered_yet(memory: Memory, folder: Path) -> None:
    assert (memory.sent(SHOP), memory.presets(SHOP), memory.repositories()) == ((), (), ())
    memory.drop_preset(SHOP, "p")
    assert not folder.exists()


def test_presets(memory: Memory, place: Path) -> None:
    for name in ("nightly", "Beta", "nightly"):
        memory.save_preset(SHOP, name, release(A=name, TOKEN="pv1_mine"))
    draft = Draft(workflows=(WorkflowDraft("release", (("A", "nightly"),)),))
    beta, nightly = memory.presets(SHOP)
    assert (beta.name, nightly) == ("Beta", SavedPreset("nightly", draft, (("release", "TOKEN"),)))
    memory.drop_preset(SHOP, "nightly")
    memory.drop_preset(SHOP, "nothing")
    assert memory.presets(SHOP) == (beta,)
    assert slugs(memory) == ["1"]
    assert b"pv1_mine" not in place.read_bytes()


@pytest.mark.parametrize("name", ["", " ", "a\nb", "\x1b[31m", "x" * 101])
def test_a_name_that_is_none(memory: Memory, name: str) -> None:
    with pytest.raises(CannotRemember, match="a name has 1 to 100 characters"):
        memory.save_preset(SHOP, name, release())
    with pytest.raises(CannotRemember, match="a name has 1 to 100 characters"):
        memory.remember(SHOP, release(), name or " ", AT)
    assert (memory.presets(SHOP), memory.sent(SHOP)) == ((), ())


def test_files_are_their_owners_alone(memory: Memory, folder: Path, place: Path) -> None:
    place.chmod(0o666)
    folder.chmod(0o777)
    before = os.umask(0)
    try:
        memory.remember(SHOP, release(), "2", AT)
        place.write_bytes(b"broken")
        place.chmod(0o666)
        memory.remember(SHOP, release(), "3", AT)
    finally:
        os.umask(before)
    assert mode(folder) == 0o700
    assert {path.name: mode(path) for path in folder.iterdir()} == dict.fromkeys(
        (place.name, f"{place.name}.broken", ".lock"), 0o600
    )


GOOD = (
    '{"sent":"2026-10-21T08:00:00+03:00","run":"9","request":'
    '{"workflows":[{"name":"w","values":[{"name":"A","value":"b"}]}],"shared":false},'
    '"forgotten":[]}'
)


@pytest.mark.parametrize(
    "line",
    [
        *("\0", "\udcff", "null", "[]", "{}", "[" * 100_000, '{"sent":1}', GOOD[:-5], GOOD * 2),
        *(GOOD.replace('"9"', run) for run in ("9", '" "', '"\\u001b"', f'"{"9" * 101}"')),
        *(GOOD.replace("2026-10-21T08:00:00+03:00", at) for at in ("soon", "2026-10-21T08:00:00")),
        GOOD.replace("2026-10-21T08", "0001-01-01T00"),
        *(GOOD.replace('"A"', name) for name in ('""', "1", "null", '"\\ud800"')),
        *(GOOD.replace('"b"', value) for value in ("1", "null", '"\\udfff"', '{"a":"b"}')),
        *(GOOD.replace('"shared"', f'"head":{head},"shared"') for head in ('"main"', "null", "{}")),
        GOOD.replace('"shared"', '"head":{"branch":"a b"},"shared"'),
        GOOD.replace('"shared"', '"head":{"branch":"a","tag":"b"},"shared"'),
        GOOD.replace('"shared"', '"head":{"origin":"a"},"shared"'),
        GOOD.replace("false", "0"),
        *(
            GOOD.replace(":[]", f":{value}")
            for value in ("null", '[["w"]]', '[["v","B"]]', '["wB"]')
        ),
        *(GOOD.replace(":[]", f':[["w",{name}]]') for name in ("1", '"A"', '""')),
        GOOD.replace('{"name":"w"', '{"name":" "'),
        GOOD.replace("[{", '[{"name":"w","values":[]},{', 1),
        GOOD.replace('"sent"', '"preset":"a\\nb","sent"'),
        '{"note":"of a version to come"}',
    ],
)
def test_a_line_that_is_not_understood(memory: Memory, place: Path, line: str) -> None:
    spoilt = b"\n".join(
        [*place.read_bytes().splitlines(), line.encode(errors="surrogateescape"), GOOD.encode()]
    )
    place.write_bytes(spoilt)
    assert slugs(memory) == ["1", "9"]
    assert memory.presets(SHOP) == ()
    memory.remember(SHOP, release(), "2", AT)
    assert slugs(memory) == ["2", "1", "9"]
    assert place.with_name(f"{place.name}.broken").read_bytes() == spoilt
    memory.remember(SHOP, release(), "3", AT)
    assert len(list(place.parent.glob("*.broken*"))) == 1


@pytest.mark.parametrize(
    "data", [b"\xff\xfe\x00", b"\n", b"{}", GOOD.encode(), b'{"repo":"acme/site.github.io"}\n']
)
def test_a_file_of_something_else(memory: Memory, place: Path, data: bytes) -> None:
    for number, aside in enumerate((".broken", ".broken-2"), 2):
        place.write_bytes(data)
        assert (memory.sent(SHOP), memory.presets(SHOP)) == ((), ())
        memory.remember(SHOP, release(), str(number), AT)
        assert slugs(memory) == [str(number)]
        assert place.with_name(f"{place.name}{aside}").read_bytes() == data


def test_a_secret_that_another_program_wrote_is_not_taken(memory: Memory, place: Path) -> None:
    entry = GOOD.replace('"A"', '"API_KEY"').replace(":[]", ':[["w","TOKEN"]]')
    place.write_text(f'{{"repo":"acme/shop"}}\n{entry}\n')
    [sent] = memory.sent(SHOP)
    assert sent.draft.workflows == (WorkflowDraft("w"),)
    assert sent.forgotten == (("w", "TOKEN"), ("w", "API_KEY"))


def test_a_file_that_is_huge(memory: Memory, place: Path) -> None:
    with place.open("ab") as file:
        file.write(b"\n" * MAX_BYTES)
        file.write(GOOD.encode())
        file.truncate(10 * MAX_BYTES)
    assert slugs(memory) == ["1"]
    memory.remember(SHOP, release(), "2", AT)
    assert place.stat().st_size < 2000
    assert place.with_name(f"{place.name}.broken").stat().st_size == 10 * MAX_BYTES


def test_a_lost_request_is_kept_until_its_run_is_found(memory: Memory) -> None:
    request, other = (RunRequest((WorkflowData(name),)) for name in ("release", "other"))
    memory.remember(SHOP, request, "", AT)
    assert slugs(memory) == [""]
    memory.remember(SHOP, other, "141", AT + timedelta(seconds=1))
    assert slugs(memory) == ["141", ""]
    memory.remember(SHOP, request, "142", AT + timedelta(seconds=2))
    assert slugs(memory) == ["142", "141"]
