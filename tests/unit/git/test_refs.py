"""The branches, tags and commits that a clone knows of."""

from datetime import UTC, datetime, timedelta
from hashlib import sha1
from pathlib import Path

import pytest

from cubewatch.git.git import GitError
from cubewatch.git.refs import default_branch, local_refs, ref_named
from cubewatch.model.git_ref import GitRef
from cubewatch.model.request import GitRevision
from tests.support.clones import FIRST_SECOND, URL, Clones, opened

FIRST = datetime.fromtimestamp(FIRST_SECOND, UTC)
MANY = 10_000


def refs(folder: Path) -> tuple[GitRef, ...]:
    return local_refs(*opened(folder))


def names(folder: Path) -> list[tuple[str, bool | None]]:
    return [(ref.name, ref.on_server) for ref in refs(folder)]


def named(folder: Path, revision: GitRevision) -> GitRef | None:
    """What `ref_named` says, which is what the list of all says where that has it."""
    found = ref_named(*opened(folder), revision)
    if revision.kind != "commit":
        listed = {(ref.kind, ref.name): ref for ref in refs(folder)}
        assert listed.get((revision.kind, revision.name)) == found
    return found


def branch(folder: Path, name: str) -> GitRef | None:
    return named(folder, GitRevision("branch", name))


def tag(folder: Path, name: str) -> GitRef | None:
    return named(folder, GitRevision("tag", name))


def commit(folder: Path, name: str) -> GitRef | None:
    return named(folder, GitRevision("commit", name))


def test_a_branch_is_what_the_server_has_of_it(clones: Clones) -> None:
    clones.server()
    folder = clones.clone()
    pushed = clones.git(folder, "rev-parse", "HEAD")
    clones.commit(folder, "Not pushed")
    here = clones.git(folder, "rev-parse", "HEAD")
    clones.git(folder, "branch", "only-here")
    clones.git(folder, "update-ref", "refs/remotes/origin/only/there", pushed)
    assert set(refs(folder)) == {
        GitRef("branch", "main", pushed, "On the server", FIRST, on_server=True),
        GitRef("branch", "only/there", pushed, "On the server", FIRST, on_server=True),
        GitRef("branch", "only-here", here, "Not pushed", FIRST + timedelta(minutes=1), False),
    }
    for name in ("main", "only/there", "only-here", "only", "nowhere"):
        assert (branch(folder, name) is None) is (name in ("only", "nowhere"))


def test_branches_of_other_remotes_are_not_meant(clones: Clones) -> None:
    clones.server()
    folder = clones.clone()
    for name in ("origin2/main", "fork/side", "ori/gin"):
        clones.git(folder, "update-ref", f"refs/remotes/{name}", "HEAD")
    assert names(folder) == [("main", True)]


def test_where_nothing_was_fetched_nothing_is_known(clones: Clones) -> None:
    folder = clones.with_remotes(origin=URL)
    assert names(folder) == [("main", None)]
    assert branch(folder, "main") == refs(folder)[0]
    assert default_branch(*opened(folder)) is None


def test_branches_that_are_not_fetched_are_not_known(clones: Clones) -> None:
    clones.server()
    folder = clones.clone("--single-branch")
    clones.git(folder, "branch", "side")
    assert branch(folder, "side") == refs(folder)[0]
    assert names(folder) == [("side", None), ("main", True)]


def test_before_the_first_commit_there_is_nothing(clones: Clones) -> None:
    folder = clones.empty()
    clones.git(folder, "remote", "add", "origin", URL)
    assert refs(folder) == ()


def test_tags(clones: Clones) -> None:
    folder = clones.with_remotes(origin=URL)
    at = clones.git(folder, "rev-parse", "HEAD")
    made = FIRST_SECOND + 3600
    clones.git(folder, "tag", "light")
    clones.git(folder, "tag", "-a", "v1", "-m", "The first\nof many\n\nand more", second=made)
    clones.git(folder, "tag", "-a", "v2", "-m", "", second=made)
    clones.git(folder, "tag", "-a", "nested", "-m", "A tag of a tag", "v1", second=made)
    for kind in ("blob", "tree"):
        spec = (
            "HEAD^{tree}"
            if kind == "tree"
            else clones.git(folder, "hash-object", "-w", ".git/HEAD")
        )
        clones.git(folder, "tag", kind, spec)
        clones.git(folder, "tag", "-a", "-m", "x", f"a-{kind}", spec)
    later = FIRST + timedelta(hours=1)
    assert {ref for ref in refs(folder) if ref.kind == "tag"} == {
        GitRef("tag", "light", at, "A commit", FIRST),
        GitRef("tag", "v1", at, "The first of many", later),
        GitRef("tag", "v2", at, "A commit", later),
        GitRef("tag", "nested", "", "A tag of a tag", later),
    }
    for name in ("light", "v1", "v2", "nested", "blob", "a-tree", "v"):
        assert (tag(folder, name) is None) is (name in ("blob", "a-tree", "v"))


def test_the_newest_comes_first(clones: Clones) -> None:
    folder = clones.with_remotes(origin=URL)
    for name in ("a", "c", "b"):
        clones.commit(folder, name)
        clones.git(folder, "branch", name)
    clones.git(folder, "tag", "old", "main~3")
    assert [ref.name for ref in refs(folder)] == ["b", "main", "c", "a", "old"]
    assert {ref.when for ref in refs(folder)} == {FIRST + timedelta(minutes=n) for n in range(4)}


def test_a_branch_and_a_tag_of_the_same_name_are_two(clones: Clones) -> None:
    folder = clones.with_remotes(origin=URL)
    clones.git(folder, "tag", "main")
    assert {ref.kind for ref in refs(folder)} == {"branch", "tag"}
    assert branch(folder, "main") != tag(folder, "main")


def test_hostile_names_and_subjects(clones: Clones) -> None:
    clones.server()
    folder = clones.clone()
    subject = "\x1b[2J\u202eevil\n\rsubject\x00rest"
    raw = clones.git(folder, "cat-file", "commit", "HEAD").replace("On the server", subject)
    made = _written(clones, folder, raw)
    clones.git(folder, "update-ref", "refs/heads/main", made)
    hostile = ["a\u202eb", "$(id>executed)", "'\"`;|&", "я/😀", "x" * 200, "-x", "b\u009b31m"]
    for name in hostile:
        clones.git(folder, "update-ref", f"refs/heads/{name}", "HEAD")
    clones.git(folder, "update-ref", b"refs/heads/\xff\xfe", "HEAD")
    listed = {ref.name: ref for ref in refs(folder)}
    assert set(listed) == {*hostile, "main", "\udcff\udcfe"}
    assert listed["-x"].subject == "␛[2J\N{REPLACEMENT CHARACTER}evil ␍subject"
    for name in (*hostile, "\udcff\udcfe"):
        if name != "-x":
            assert branch(folder, name) == listed[name]


@pytest.mark.parametrize("seconds", ["99999999999", "9999999999999999", "0", "1"])
def test_any_date_is_taken(clones: Clones, seconds: str) -> None:
    folder = clones.with_remotes(origin=URL)
    raw = clones.git(folder, "cat-file", "commit", "HEAD")
    made = _written(clones, folder, raw.replace(f"{FIRST_SECOND} +0300", f"{seconds} +9999"))
    clones.git(folder, "update-ref", "refs/heads/main", made)
    found = branch(folder, "main")
    assert found
    assert (found.commit, found.when is not None) == (made, len(seconds) < 16)


def test_a_subject_is_never_long(clones: Clones) -> None:
    folder = clones.with_remotes(origin=URL)
    clones.commit(folder, "я" * 1_000_000)
    found = branch(folder, "main")
    assert found
    assert found.subject == "я" * 200


def test_ten_thousand_branches(clones: Clones) -> None:
    clones.server()
    folder = clones.clone()
    at = clones.git(folder, "rev-parse", "HEAD")
    lines = (
        f"{at} refs/{where}/{n:05}\n"
        for where in ("heads", "remotes/origin/x")
        for n in range(MANY)
    )
    packed = folder / ".git" / "packed-refs"
    packed.write_text(f"# pack-refs with: sorted \n{''.join(lines)}", encoding="utf-8")
    assert sum(on_server is False for _, on_server in names(folder)) == MANY + 1
    assert sum(on_server is True for _, on_server in names(folder)) == MANY


def test_a_commit_by_its_hash(clones: Clones) -> None:
    clones.server()
    folder = clones.clone()
    full = clones.commit(folder, "Second")
    expected = GitRef("commit", full, full, "Second", FIRST + timedelta(minutes=1))
    for name in (full, full[:7], full.upper(), full[:9].upper()):
        assert commit(folder, name) == expected
    assert commit(folder, "f" * 40) is None
    assert commit(folder, "a" * 64) is None
    assert commit(folder, clones.git(folder, "rev-parse", "HEAD^{tree}")) is None


def test_a_branch_that_is_called_like_a_hash_is_no_commit(clones: Clones) -> None:
    folder = clones.with_remotes(origin=URL)
    for name in ("deadbeef", "f" * 40):
        clones.git(folder, "update-ref", f"refs/heads/{name}", "HEAD")
        assert commit(folder, name) is None
        assert branch(folder, name)


def test_a_hash_of_two_commits_is_none(clones: Clones) -> None:
    folder = clones.with_remotes(origin=URL)
    by_start: dict[str, str] = {}
    raw = clones.git(folder, "cat-file", "commit", "HEAD")
    for number in range(100_000):
        made = f"{raw}{number}"
        full = _hash(made)
        if (start := full[:4]) in by_start:
            break
        by_start[start] = made
    assert _written(clones, folder, made) == full
    assert _written(clones, folder, by_start[start]) != full
    assert commit(folder, start) is None
    assert commit(folder, full)


def _written(clones: Clones, folder: Path, content: str) -> str:
    """The hash of a commit that is written as it is."""
    words = ("hash-object", "-t", "commit", "-w", "--literally", "--stdin")
    return clones.git(folder, *words, stdin=content.encode())


def _hash(content: str) -> str:
    """As git makes it of a commit."""
    raw = content.encode()
    return sha1(b"commit %d\0%b" % (len(raw), raw), usedforsecurity=False).hexdigest()


def test_the_default_branch(clones: Clones) -> None:
    clones.server()
    folder = clones.clone()
    assert default_branch(*opened(folder)) == "main"
    clones.git(folder, "symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/release/1")
    assert default_branch(*opened(folder)) == "release/1"
    clones.git(folder, "symbolic-ref", "refs/remotes/origin/HEAD", "refs/heads/main")
    assert default_branch(*opened(folder)) is None


def test_refs_that_git_can_not_read_are_an_error(clones: Clones) -> None:
    folder = clones.with_remotes(origin=URL)
    (folder / ".git" / "refs" / "heads" / "bad").write_text("f" * 40, encoding="utf-8")
    with pytest.raises(GitError, match=r"git for-each-ref failed: .*bad; `git fsck`"):
        refs(folder)
