"""Which runs were looked at: kept on disk, bounded, and whatever the file holds."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from cubewatch.history.watched_runs import MAX_RUNS, WatchedRun, WatchedRuns
from cubewatch.model.repository import RepoSlug

NOON = datetime(2026, 9, 1, 12, tzinfo=UTC)
SHOP, SEARCH = RepoSlug("acme", "shop"), RepoSlug("acme", "search")


def watched(slug: str, minutes: float = 0, repo: RepoSlug = SHOP, status: str = "") -> WatchedRun:
    return WatchedRun(repo, slug, NOON + timedelta(minutes=minutes), status)


def test_watched_runs_come_back_newest_first(tmp_path: Path) -> None:
    runs = WatchedRuns(tmp_path / "state")
    runs.add([watched("1"), watched("2", 5, SEARCH)])
    runs.add([watched("1", 9, status="failed")])
    assert WatchedRuns(tmp_path / "state").all() == (
        watched("1", 9, status="failed"),
        watched("2", 5, SEARCH),
    )
    assert runs.repositories() == (SHOP, SEARCH)


def test_watched_runs_are_bounded(tmp_path: Path) -> None:
    runs = WatchedRuns(tmp_path)
    runs.add(watched(str(number), number) for number in range(MAX_RUNS + 50))
    assert len(runs.all()) == MAX_RUNS
    assert runs.all()[-1].slug == "50"


def test_watched_runs_survive_a_broken_file(tmp_path: Path) -> None:
    lines = [
        b"\xff\xfe",
        b"[]",
        b'["acme/shop", 5, "2026-09-01T12:00:00+00:00", ""]',
        b'["no repo", "5", "2026-09-01T12:00:00+00:00", ""]',
        b'["acme/shop", "6", "2026-09-01T12:00:00", ""]',
        b"[" * 100_000,
        b'["acme/shop", "7\\u001b[2J", "2026-09-01T12:00:00+00:00", ""]',
    ]
    (tmp_path / "watched.jsonl").write_bytes(b"\n".join(lines))
    (run,) = WatchedRuns(tmp_path).all()
    assert run.slug.isprintable()


def test_watched_runs_without_a_writable_folder_are_forgotten(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    runs = WatchedRuns(tmp_path / "file" / "state")
    runs.add([watched("1")])
    assert runs.all() == ()
