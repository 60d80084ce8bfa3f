"""DurationStore: the durations of earlier runs, in a SQLite file that several processes share.

It only speeds up what the API can tell again: a file that is broken is replaced without a word,
and a disk that is full or read-only leaves the program without a memory, not without a run.
"""

import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path as FilePath
from typing import TypeVar

from cubewatch.model.depth import CUBE_DEPTH
from cubewatch.model.past import NodeTimes, RunTimes
from cubewatch.model.repository import RepoSlug
from cubewatch.model.snapshot import Path
from cubewatch.runtime.files import private_folder
from cubewatch.text.sanitize import inert

T = TypeVar("T")

FILE_NAME = "durations.sqlite3"
VERSION = 1
BUSY_TIMEOUT = 2.0
"""Seconds to wait for another process."""
MAX_RUNS = 200
"""Runs that are kept of a repository; the oldest go."""
MAX_NODES = 400_000
"""Nodes that are kept in all, about 40 MB; the oldest runs go."""
MAX_NODES_OF_RUN = 40_000
"""A run with more is not kept."""
MAX_SECONDS = 10.0 * 365 * 86400
MAX_NAME = 400

_TABLES = """
CREATE TABLE runs (
    id INTEGER PRIMARY KEY,
    repo TEXT NOT NULL,
    slug TEXT NOT NULL,
    created REAL NOT NULL,
    status TEXT NOT NULL,
    worked REAL,
    nodes INTEGER NOT NULL,
    UNIQUE (repo, slug)
);
CREATE TABLE nodes (
    run INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    place INTEGER NOT NULL,
    workflow TEXT NOT NULL,
    task TEXT,
    cube TEXT,
    status TEXT NOT NULL,
    queued REAL,
    worked REAL,
    parallel INTEGER NOT NULL,
    PRIMARY KEY (run, place)
) WITHOUT ROWID;
CREATE INDEX workflows_of_runs ON nodes (workflow, run) WHERE task IS NULL;
CREATE TABLE asked (
    repo TEXT NOT NULL,
    workflows TEXT NOT NULL,
    at REAL NOT NULL,
    PRIMARY KEY (repo, workflows)
);
"""
_BROKEN = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_SCHEMA}


class DurationStore:
    """The runs that have ended, by repository and workflows.

    No method raises for what the disk or the file is like: what can't be read is not known, and
    what can't be written is forgotten. Methods wait for the disk: call them in a thread.
    """

    def __init__(self, folder: FilePath | None) -> None:
        """`folder` is made when the first run is written; None: there is no place for one."""
        self._folder = folder or FilePath(os.devnull)
        self._path = self._folder / FILE_NAME

    def add(self, repo: RepoSlug, run: RunTimes) -> None:
        """Stores a run that has ended, in place of what is known of it."""
        if len(run.nodes) <= MAX_NODES_OF_RUN and run.slug and run.workflows:
            self._change(lambda connection: _add(connection, str(repo), run))

    def runs(
        self, repo: RepoSlug, workflows: Iterable[str], before: datetime, most: int
    ) -> list[RunTimes]:
        """At most so many runs of any of these workflows that were created before a moment, newest
        first."""
        names, until = sorted(workflows), before.timestamp()
        return self._read(lambda connection: _runs(connection, str(repo), names, until, most)) or []

    def run(self, repo: RepoSlug, slug: str) -> RunTimes | None:
        """One run, if it is known."""
        return self._read(lambda connection: _run(connection, str(repo), slug))

    def known(self, repo: RepoSlug) -> frozenset[str]:
        """The slugs of all runs of a repository that are kept."""
        found = self._read(
            lambda connection: connection.execute(
                "SELECT slug FROM runs WHERE repo = ?", (str(repo),)
            ).fetchall()
        )
        return frozenset(str(slug) for (slug,) in found or ())

    def requested_at(self, repo: RepoSlug, workflows: Iterable[str]) -> datetime | None:
        """The time at which earlier runs of these workflows were last requested."""
        key = _key(workflows)
        row = self._read(
            lambda connection: connection.execute(
                "SELECT at FROM asked WHERE repo = ? AND workflows = ?", (str(repo), key)
            ).fetchone()
        )
        return _moment(row[0]) if row else None

    def note_requested(self, repo: RepoSlug, workflows: Iterable[str], at: datetime) -> None:
        """Records that earlier runs of these workflows were requested."""
        key = _key(workflows)
        self._change(
            lambda connection: connection.execute(
                "INSERT OR REPLACE INTO asked VALUES (?, ?, ?)", (str(repo), key, at.timestamp())
            )
        )

    def _read(self, query: Callable[[sqlite3.Connection], T]) -> T | None:
        with suppress(sqlite3.Error, OSError):
            if self._path.exists():
                with self._opened() as connection:
                    return query(connection)
        return None

    def _change(self, change: Callable[[sqlite3.Connection], object]) -> None:
        """Makes one change, all of it or nothing; in a new file where this one is broken."""
        for _ in range(2):
            try:
                private_folder(self._folder)
                with suppress(FileExistsError):
                    flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY
                    os.close(os.open(self._path, flags, 0o600))
                with self._opened() as connection, connection:
                    connection.execute("BEGIN IMMEDIATE")
                    _prepare(connection)
                    change(connection)
            except (sqlite3.Error, OSError) as error:
                if not self._drop_if_broken(error):
                    return
            else:
                return

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        address = f"{self._path.absolute().as_uri()}?mode=rw"
        connection = sqlite3.connect(address, timeout=BUSY_TIMEOUT, uri=True, isolation_level=None)
        with closing(connection):
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA trusted_schema = OFF")
            yield connection

    def _drop_if_broken(self, error: Exception) -> bool:
        code = getattr(error, "sqlite_errorcode", None)
        if not isinstance(error, _WrongVersion) and (code is None or code & 0xFF not in _BROKEN):
            return False
        for name in (FILE_NAME, f"{FILE_NAME}-journal"):
            with suppress(OSError):
                (self._folder / name).unlink()
        return True


class _WrongVersion(sqlite3.Error):
    """The file was written by another version of the program, or by another program."""


def _prepare(connection: sqlite3.Connection) -> None:
    """Makes the tables in a new file. Raises _WrongVersion for a file that is not ours."""
    [version] = connection.execute("PRAGMA user_version").fetchone()
    if version == VERSION:
        return
    [tables] = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if version or tables:
        raise _WrongVersion
    for statement in filter(str.strip, _TABLES.split(";")):
        connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {VERSION}")


def _add(connection: sqlite3.Connection, repo: str, run: RunTimes) -> None:
    connection.execute("DELETE FROM runs WHERE repo = ? AND slug = ?", (repo, run.slug))
    [number] = connection.execute(
        "INSERT INTO runs (repo, slug, created, status, worked, nodes)"
        " VALUES (?, ?, ?, ?, ?, ?) RETURNING id",
        (repo, run.slug, run.at.timestamp(), run.status, run.worked, len(run.nodes)),
    ).fetchone()
    connection.executemany(
        "INSERT INTO nodes VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            (
                number,
                place,
                *_padded(path),
                node.status,
                node.queued,
                node.worked,
                path in run.parallel,
            )
            for place, (path, node) in enumerate(run.nodes.items())
        ),
    )
    connection.execute(
        "DELETE FROM runs WHERE id IN (SELECT id FROM runs WHERE repo = ?"
        " ORDER BY created DESC, id DESC LIMIT -1 OFFSET ?)",
        (repo, MAX_RUNS),
    )
    connection.execute(
        "DELETE FROM runs WHERE id IN (SELECT id FROM (SELECT id, sum(nodes) OVER"
        " (ORDER BY id DESC) AS total FROM runs) WHERE total > ?)",
        (MAX_NODES,),
    )


def _padded(path: Path) -> tuple[str | None, ...]:
    return (*path, *(None,) * (CUBE_DEPTH - len(path)))


def _runs(
    connection: sqlite3.Connection, repo: str, workflows: list[str], until: float, most: int
) -> list[RunTimes]:
    marks = ", ".join("?" * len(workflows))
    rows = connection.execute(
        "SELECT id, slug, created, status, worked FROM runs"  # noqa: S608, question marks alone
        f" WHERE repo = ? AND created < ? AND id IN"
        f" (SELECT run FROM nodes WHERE task IS NULL AND workflow IN ({marks}))"
        " ORDER BY created DESC, id DESC LIMIT ?",
        (repo, until, *workflows, most),
    ).fetchall()
    return [_read_run(connection, row) for row in rows]


def _run(connection: sqlite3.Connection, repo: str, slug: str) -> RunTimes | None:
    row = connection.execute(
        "SELECT id, slug, created, status, worked FROM runs WHERE repo = ? AND slug = ?",
        (repo, slug),
    ).fetchone()
    return _read_run(connection, row) if row else None


def _read_run(connection: sqlite3.Connection, row: tuple[object, ...]) -> RunTimes:
    number, slug, created, run_status, worked = row
    rows = connection.execute(
        "SELECT workflow, task, cube, status, queued, worked, parallel FROM nodes"
        " WHERE run = ? ORDER BY place LIMIT ?",
        (number, MAX_NODES_OF_RUN),
    )
    nodes: dict[Path, NodeTimes] = {}
    parallel: set[Path] = set()
    for workflow, task, cube, node_status, queued, node_worked, is_parallel in rows:
        path = tuple(_text(part) for part in (workflow, task, cube) if part is not None)
        nodes[path] = NodeTimes(_text(node_status), _seconds(queued), _seconds(node_worked))
        if is_parallel:
            parallel.add(path)
    at = _moment(created) or datetime.now(UTC)
    return RunTimes(
        _text(slug), at, _text(run_status), _seconds(worked), nodes, frozenset(parallel)
    )


def _text(value: object) -> str:
    return inert(str(value)[:MAX_NAME])


def _seconds(value: object) -> float | None:
    if isinstance(value, int | float) and 0 <= value <= MAX_SECONDS:
        return float(value)
    return None


def _moment(value: object) -> datetime | None:
    if not isinstance(value, int | float):
        return None
    with suppress(ValueError, OverflowError, OSError):
        return datetime.fromtimestamp(value, UTC)
    return None


def _key(workflows: Iterable[str]) -> str:
    return "\n".join(sorted(workflows))
