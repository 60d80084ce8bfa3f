"""Memory: requests that were sent, and presets, in a folder on this machine."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from cubewatch.history.entries import (
    MAX_NAME,
    Entry,
    Forgotten,
    SavedPreset,
    Sent,
    distinct,
    entry_line,
    is_name,
    kept,
    read_entry,
    read_header,
)
from cubewatch.history.page import ENDING, MAX_BYTES, MAX_SENT, Page, file_name
from cubewatch.model.repository import RepoSlug
from cubewatch.model.request import RunRequest
from cubewatch.runtime.files import locked_folder, new_file, read_file, write_all
from cubewatch.text.sanitize import inert

__all__ = ["MAX_SENT", "CannotRemember", "Forgotten", "Memory", "SavedPreset", "Sent", "distinct"]

_FIRST_LINE_BYTES = 4096
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


class CannotRemember(Exception):  # noqa: N818, what was to be done is done all the same
    """Nothing was written; `str()` of it is one inert line that says why."""


class Memory:
    """The history of each repository, in one file for each in `folder`, which is for this alone and
    is made when the first is written.

    Values of inputs whose name looks secret are never written. Whatever the files hold, reading
    raises nothing. Methods wait for the disk, and for other processes: call them in a thread.
    `folder` None: no home is known, and nothing is remembered.
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def remember(self, repo: RepoSlug, request: RunRequest, run_slug: str, at: datetime) -> None:
        """Store that a run was started; the newest MAX_SENT of a repository stay. Raises
        CannotRemember."""
        draft, forgotten = kept(request)
        sent = Sent(at.astimezone(UTC), draft, run_slug, forgotten)
        _check(sent, run_slug or "lost")
        with self._changed(repo) as page:
            page.add(sent)

    def sent(self, repo: RepoSlug) -> tuple[Sent, ...]:
        """The requests that were sent, one for each run, newest first."""
        return tuple(self._page(repo).sent)

    def of_run(self, repo: RepoSlug, run_slug: str) -> Sent | None:
        """The request that started a run; None if it was not sent from here, or long ago."""
        return next((one for one in self.sent(repo) if one.run_slug == run_slug), None)

    def presets(self, repo: RepoSlug) -> tuple[SavedPreset, ...]:
        """The presets of a repository, by name."""
        presets = self._page(repo).presets.values()
        return tuple(sorted(presets, key=lambda one: (one.name.casefold(), one.name)))

    def save_preset(
        self, repo: RepoSlug, name: str, request: RunRequest, forgotten: Forgotten = ()
    ) -> None:
        """Stores a request under a name, in place of an earlier one; `forgotten` inputs are not in
        it any more. Raises CannotRemember, also for a name that is blank, too long or not inert."""
        draft, secrets = kept(request)
        preset = SavedPreset(name, draft, tuple(dict.fromkeys((*forgotten, *secrets))))
        _check(preset, name)
        with self._changed(repo) as page:
            page.presets[name] = preset
            if len(page.presets_data()) > MAX_BYTES // 2:
                raise CannotRemember("there is no room for more presets: drop one first")

    def drop_preset(self, repo: RepoSlug, name: str) -> None:
        """Delete a preset, if there is one. Raises CannotRemember."""
        if name in self._page(repo).presets:
            with self._changed(repo) as page:
                page.presets.pop(name, None)

    def repositories(self) -> tuple[RepoSlug, ...]:
        """All repositories with a history, the one that was used last first."""
        if self._folder is None:
            return ()
        try:
            names = os.listdir(self._folder)
        except OSError:
            return ()
        found: list[tuple[datetime, str, RepoSlug]] = []
        for name in names:
            if name.endswith(ENDING):
                first = read_file(self._folder / name, _FIRST_LINE_BYTES) or b""
                header = read_header(first.split(b"\n", 1)[0])
                if header and file_name(header[0]) == name:
                    found.append((header[1] or _LONG_AGO, str(header[0]), header[0]))
        return tuple(repo for _, _, repo in sorted(found, key=lambda one: one[:2], reverse=True))

    def _page(self, repo: RepoSlug) -> Page:
        if self._folder is None:
            return Page()
        data = read_file(self._folder / file_name(repo), MAX_BYTES + 1)
        if data is None:
            return Page(whole=False)
        page = Page.read(repo, data[:MAX_BYTES])
        page.whole &= len(data) <= MAX_BYTES
        return page

    @contextmanager
    def _changed(self, repo: RepoSlug) -> Iterator[Page]:
        """The page of a repository, locked while it is changed, and then written."""
        if self._folder is None:
            raise CannotRemember("no home folder is known (HOME is not set): nothing is remembered")
        path = self._folder / file_name(repo)
        try:
            with locked_folder(self._folder):
                page = self._page(repo)
                yield page
                with new_file(path, set_aside=not page.whole) as descriptor:
                    write_all(descriptor, page.data(repo))
        except OSError as error:
            said = error.strerror or "it can't be written"
            raise CannotRemember(
                inert(f"{said}: nothing is remembered in {self._folder}")
            ) from None


def _check(entry: Entry, name: str) -> None:
    """Raises CannotRemember for an entry that could not be read back."""
    if not is_name(name):
        raise CannotRemember(f"a name has 1 to {MAX_NAME} characters that can be seen")
    line = entry_line(entry)
    if len(line) > MAX_BYTES // 8:
        raise CannotRemember("it is too large to be remembered")
    if read_entry(line) != entry:
        raise CannotRemember("it is no request that could be sent again")
