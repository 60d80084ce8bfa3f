"""The config at a revision, as the clone has it."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from cubewatch.git.config_at import MAX_BYTES, ConfigAt, config_at
from cubewatch.git.git import GitError
from cubewatch.model.request import GitRevision, RevisionKind
from tests.support.clones import CONFIG, URL, Clones, configs_of_all_refs, opened

MAIN = GitRevision("branch", "main")
TEXT = "workflows: {release: }"


def at(folder: Path, kind: RevisionKind, name: str) -> ConfigAt:
    return config_at(*opened(folder), GitRevision(kind, name))


def test_what_the_server_has_comes_first(clones: Clones) -> None:
    clones.server()
    folder = clones.clone()
    blob = clones.git(folder, "rev-parse", f"HEAD:{CONFIG}")
    clones.commit(folder, config="changed: here")
    assert at(folder, "branch", "main") == ConfigAt("origin/main", blob=blob, text=TEXT)
    clones.git(folder, "branch", "side")
    here = at(folder, "branch", "side")
    assert (here.source, here.text) == ("side (local)", "changed: here")


def test_what_is_not_committed_is_not_meant(clones: Clones) -> None:
    clones.server()
    folder = clones.clone()
    (folder / CONFIG).write_text("not: committed", encoding="utf-8")
    assert at(folder, "branch", "main").text == TEXT


def test_tags_and_commits(clones: Clones) -> None:
    clones.server()
    folder = clones.clone()
    clones.git(folder, "tag", "-a", "v1", "-m", "First")
    clones.git(folder, "tag", "-a", "nested", "-m", "Again", "v1")
    full = clones.git(folder, "rev-parse", "HEAD")
    clones.commit(folder, config="later: true")
    sources = {
        at(folder, "tag", "v1").source: at(folder, "tag", "v1").text,
        at(folder, "tag", "nested").source: at(folder, "tag", "nested").text,
        at(folder, "commit", full).source: at(folder, "commit", full[:9]).text,
    }
    assert sources == {"tag v1": TEXT, "tag nested": TEXT, full[:7]: TEXT}


def test_the_same_file_has_the_same_hash(clones: Clones) -> None:
    folder = clones.with_remotes(origin=URL)
    blobs = []
    for config in ("a: 1", "b: 2", None, "a: 1"):
        blobs.append(at(folder, "commit", clones.commit(folder, config=config)).blob)
    assert blobs[0] == blobs[3] != blobs[1] == blobs[2]


def test_from_a_folder_below_and_from_a_worktree(clones: Clones) -> None:
    clones.server()
    folder = clones.clone()
    clones.git(folder, "worktree", "add", "-q", "-b", "side", "../side")
    (folder / "below").mkdir()
    for place in (folder / "below", folder / ".git", clones.root / "side", folder / ".sourcecraft"):
        assert at(place, "branch", "main").text == TEXT


def test_in_bare_and_shallow_clones(clones: Clones) -> None:
    server = clones.server()
    clones.commit(server, "Second")
    assert at(clones.clone("--bare", name="bare"), "branch", "main").source == "main (local)"
    shallow = clones.clone("--depth=1", name="shallow")
    assert at(shallow, "branch", "main").text == TEXT
    older = clones.git(server, "rev-parse", "HEAD~1")
    assert at(shallow, "commit", older).missing


def test_a_revision_without_a_config(clones: Clones) -> None:
    clones.server(config=None)
    folder = clones.clone()
    found = at(folder, "branch", "main")
    assert (found.missing, found.source, found.blob) == (False, "origin/main", "")
    assert ".sourcecraft/ci.yaml at origin/main does not exist" in found.problem


@pytest.mark.parametrize(
    ("kind", "name"),
    [("branch", "nowhere"), ("tag", "main"), ("commit", "f" * 40), ("commit", "ffff")],
)
def test_a_revision_that_is_not_here(clones: Clones, kind: RevisionKind, name: str) -> None:
    clones.server()
    found = at(clones.clone(), kind, name)
    assert (found.missing, found.source) == (True, "")
    assert found.problem.startswith(f"{kind} {name[:12]} is not in this clone: fetch it")


@pytest.mark.parametrize(
    ("config", "why"),
    [
        (b"", ""),
        (b"x" * MAX_BYTES, ""),
        (b"x" * (MAX_BYTES + 1), "has more than"),
        (b"\0" * 50_000_000, "has more than"),
        (b"name: \xff", "is not UTF-8"),
        ("name: я".encode("utf-16"), "is not UTF-8"),
    ],
)
def test_what_stands_in_the_file(clones: Clones, config: bytes, why: str) -> None:
    folder = clones.with_remotes(origin=URL)
    clones.commit(folder, config=config)
    found = at(folder, "branch", "main")
    assert (found.missing, len(found.blob)) == (False, 40)
    assert found.text == ("" if why else config.decode())
    assert why in found.problem
    assert bool(found.problem) is bool(why)


def test_a_byte_order_mark_is_no_text(clones: Clones) -> None:
    folder = clones.with_remotes(origin=URL)
    clones.commit(folder, config="\ufeffa: 1\r\n")
    assert at(folder, "branch", "main").text == "a: 1\r\n"


def test_what_is_no_file(clones: Clones) -> None:
    folder = clones.with_remotes(origin=URL)
    head = clones.git(folder, "rev-parse", "HEAD")
    blob = clones.git(folder, "hash-object", "-w", "--stdin", stdin=b"elsewhere")
    for mode, at_path, why in (
        (f"120000,{blob}", CONFIG, "is a link or a directory"),
        (f"160000,{head}", CONFIG, "is a link or a directory"),
        (f"100644,{blob}", CONFIG / "file", "is a link or a directory"),
        (f"120000,{blob}", CONFIG.parent, "does not exist"),
        (f"100644,{blob}", CONFIG.parent, "does not exist"),
        (f"100755,{blob}", CONFIG, ""),
    ):
        clones.git(folder, "read-tree", "--empty")
        clones.git(folder, "update-index", "--add", "--cacheinfo", f"{mode},{at_path}")
        clones.git(folder, "commit", "--quiet", "--message", "odd")
        found = at(folder, "branch", "main")
        assert why in found.problem
        assert bool(found.problem) is bool(why)


def test_a_hostile_name_is_inert_in_what_is_shown(clones: Clones) -> None:
    folder = clones.with_remotes(origin=URL)
    clones.git(folder, "update-ref", "refs/heads/a\u202eb", "HEAD")
    found = at(folder, "branch", "a\u202eb")
    assert found.source == "a\N{REPLACEMENT CHARACTER}b (local)"
    assert (found.source + found.problem).isprintable()
    assert at(folder, "tag", "a\u202eb").problem.isprintable()


def test_nothing_is_fetched_while_looking(clones: Clones) -> None:
    server = clones.server()
    folder = clones.clone("--filter=tree:0", "--no-checkout")
    server.rename(clones.root / "moved")
    objects = clones.git(folder, "count-objects", "-v")
    assert configs_of_all_refs(folder) == {""}
    assert clones.git(folder, "count-objects", "-v") == objects


def test_an_odd_environment_changes_no_answer(
    clones: Clones, monkeypatch: pytest.MonkeyPatch
) -> None:
    clones.server()
    folder = clones.clone()
    usual = configs_of_all_refs(folder)
    for name, value in {
        "GIT_TRACE": "1",
        "GIT_TRACE2": "1",
        "GIT_ICASE_PATHSPECS": "1",
        "GIT_CONFIG": os.devnull,
        "GIT_PAGER": "false",
        "GIT_EXTERNAL_DIFF": "false",
        "LC_ALL": "ru_RU.UTF-8",
        "LANGUAGE": "ru",
    }.items():
        monkeypatch.setenv(name, value)
    assert configs_of_all_refs(folder) == usual == {TEXT}


def test_replaced_objects_are_not_what_the_server_has(clones: Clones) -> None:
    clones.server()
    folder = clones.clone()
    there = clones.git(folder, "rev-parse", "HEAD")
    clones.git(folder, "replace", there, clones.commit(folder, config="replaced: true"))
    assert at(folder, "commit", there).text == TEXT


def test_invalid_revision_name_is_an_error_or_missing(clones: Clones) -> None:
    clones.server()
    clone, remote = opened(clones.clone())
    for name in ("\ud800", "x" * 3_000_000):
        with pytest.raises(GitError):
            config_at(clone, remote, GitRevision("branch", name))
    assert config_at(clone, replace(remote, name="other"), MAIN).source == "main (local)"
