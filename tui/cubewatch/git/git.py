"""Running git: within a deadline and a limit, and so that nothing a clone brings with it runs."""

import atexit
import os
import re
import shutil
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from selectors import EVENT_READ, DefaultSelector
from signal import SIGKILL, SIGTERM
from threading import Lock
from time import monotonic

from cubewatch.runtime.children import child_environment
from cubewatch.text.sanitize import inert

LOCAL_TIMEOUT = 10.0
FETCH_TIMEOUT = 60.0
MAX_BYTES = 64 << 20
MAX_SUBJECT = 200

_PIECE = 1 << 16
_GRACE = 0.5
_MAX_ERROR = 300
_ERROR_BYTES = 1 << 14
_COMMIT_BYTES = 1 << 12
_USER_INFO = re.compile(r"://\S*@")
_OPTIONS = ("--no-pager", "-c", "core.fsmonitor=false", "-c", f"core.hooksPath={os.devnull}")
_ALWAYS = {
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}
# An older git knows nothing of GIT_NO_LAZY_FETCH, but any knows which transports it may use.
_OFFLINE = {"GIT_ALLOW_PROTOCOL": "none", "GIT_NO_LAZY_FETCH": "1"}
_ONLINE = {"GCM_INTERACTIVE": "never", "GIT_ASKPASS": "", "SSH_ASKPASS_REQUIRE": "never"}
_TRANSPORTS = "file:http:https:ssh"
_starting = Lock()
_running: set[subprocess.Popen[bytes]] = set()


class GitError(Exception):
    """A failure of git; `str()` is one inert line: what happened and what to do."""

    def __init__(self, text: str) -> None:
        super().__init__(inert(text))


@dataclass(frozen=True, slots=True)
class GitOutput:
    """The output of a git command. `error` is its reason if it failed, one inert line without
    credentials. Not `whole`: there was more than it was allowed to say, and only the beginning is
    here."""

    status: int
    out: bytes
    error: str
    whole: bool


@dataclass(frozen=True, slots=True)
class CommitInfo:
    """A commit by its full hash, with the moment it was committed and its subject, inert."""

    hash: str
    when: datetime | None
    subject: str


@dataclass(frozen=True, slots=True)
class Git:
    """git in one directory, with the user's environment.

    Commands are plumbing that runs nothing of a clone's config: no alias, hook, pager, filter or
    file system monitor. Every call is one process. All raise GitError where there is no git or
    no such directory any more, or git takes too long.
    """

    folder: Path

    def ask(self, *words: str, most: int = MAX_BYTES) -> GitOutput:
        """The answer to a question about what is in the clone; no server is asked. It gets
        `LOCAL_TIMEOUT` seconds and `most` bytes."""
        return _run(self.folder, words, _OFFLINE, LOCAL_TIMEOUT, most)

    def out(self, *words: str, most: int = MAX_BYTES) -> bytes:
        """The output of a command that succeeds. Raises GitError if it does not."""
        answer = self.ask(*words, most=most)
        if not answer.whole:
            raise GitError(f"git {words[0]} wrote more than {most} bytes, which were not read")
        if answer.status:
            raise GitError(
                f"git {words[0]} failed: {answer.error}; `git fsck` may know what is wrong"
            )
        return answer.out

    def reach(
        self,
        *words: str,
        environ: dict[str, str],
        timeout: float,
        most: int = MAX_BYTES,
        password: str = "",
    ) -> GitOutput:
        """The answer to a command that may ask a server, but never a person. `environ` adds to
        the environment; `timeout` is in seconds. `password` is given to git through a pipe when
        it asks for one."""
        allowed = {"GIT_ALLOW_PROTOCOL": os.environ.get("GIT_ALLOW_PROTOCOL", _TRANSPORTS)}
        online = _ONLINE | allowed | environ
        if not password:
            return _run(self.folder, words, online, timeout, most)
        reader, writer = os.pipe()
        try:
            os.write(writer, f"username=cubewatch\npassword={password}\n".encode())
            os.close(writer)
            return _run(self.folder, words, online, timeout, most, credentials=reader)
        finally:
            os.close(reader)

    def commit(self, name: str) -> CommitInfo | None:
        """The commit that `name`, HEAD or a hash or the beginning of one, is; None if there is
        none or more than one. A branch that is called like a hash is not meant."""
        form = "--format=%H%x00%ct%x00%s"
        words = ("rev-list", "-1", "--no-walk", "--encoding=UTF-8", form, f"{name}^{{commit}}")
        found = self.ask(*words, "--", most=_COMMIT_BYTES)
        if found.status and found.whole:
            return None
        full, _, rest = found.out.partition(b"\n")[2].partition(b"\0")
        if name != "HEAD" and not text(full).startswith(name.lower()):
            return None
        seconds, _, subject = rest.partition(b"\0")
        return CommitInfo(text(full), moment(seconds), line(subject.rstrip(b"\n")))

    def config(self, keys: str) -> list[tuple[str, str]]:
        """All (key, value) of the config whose key matches the extended regular expression
        `keys`, in the order in which git reads them. A key without a value has ""."""
        found = self.ask("config", "--null", "--get-regexp", keys)
        if found.status not in (0, 1) or not found.whole:
            raise GitError(f"git config failed: {found.error}; see `git config --list`")
        entries = (entry.partition("\n") for entry in text(found.out).split("\0") if entry)
        return [(key, value) for key, _, value in entries]


def git_program() -> str | None:
    """The path of git, by the absolute directories of PATH: a program that lies in a clone does not
    count."""
    folders = os.environ.get("PATH", os.defpath).split(os.pathsep)
    path = os.pathsep.join(folder for folder in folders if os.path.isabs(folder))
    return shutil.which("git", path=path) if path else None


def text(raw: bytes) -> str:
    """A name or value as git has it; bytes that are no UTF-8 survive the way back."""
    return raw.decode("utf-8", "surrogateescape")


def line(raw: bytes) -> str:
    """A subject as it can be shown: inert, and of bounded length."""
    return inert(raw[: 4 * MAX_SUBJECT].decode("utf-8", "replace")[:MAX_SUBJECT])


def moment(raw: bytes) -> datetime | None:
    """A moment from its seconds since 1970, in UTC; None if it is out of reach."""
    try:
        return datetime.fromtimestamp(int(raw), UTC)
    except (ValueError, OverflowError, OSError):
        return None


@atexit.register
def end_all_git() -> None:
    """Ends every git process and lets none start any more, when the program ends, which waits for
    no thread. Takes a few seconds at most."""
    _starting.acquire(timeout=_GRACE)  # a directory that hangs may keep it for ever
    _end(*_running)


def _run(
    folder: Path,
    words: tuple[str, ...],
    environ: dict[str, str],
    timeout: float,
    most: int,
    *,
    credentials: int = -1,
) -> GitOutput:
    """`credentials` is a descriptor from which git may read a user name and a password."""
    until = monotonic() + timeout
    with _start(folder, words, environ, credentials) as process:
        try:
            out, errors = _read(process, until, most)
        except (TimeoutError, subprocess.TimeoutExpired):
            hint = "try it again, or in a shell"
            raise GitError(f"git {words[0]} took more than {timeout:.0f} s: {hint}") from None
        finally:
            _end(process)
            _running.discard(process)
        return GitOutput(process.wait(), out[:most], _error_line(errors), len(out) <= most)


def _start(
    folder: Path, words: tuple[str, ...], environ: dict[str, str], credentials: int
) -> subprocess.Popen[bytes]:
    program = git_program()
    if program is None:
        raise GitError("git was not found: install it, or see that it is on the PATH")
    try:
        with _starting:
            process = subprocess.Popen(  # noqa: S603, no shell
                [
                    os.fsencode(program),
                    *map(_raw, (*_OPTIONS, *_credential_options(credentials), *words)),
                ],
                cwd=folder,
                env=_environment() | environ,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                pass_fds=(credentials,) if credentials >= 0 else (),
                start_new_session=True,  # nothing below git can ask at our terminal
            )
            _running.add(process)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise GitError(f"git can't be run in {folder}: {reason}") from None
    return process


def _credential_options(descriptor: int) -> tuple[str, ...]:
    """The first helper is none, which forgets the person's: they must not store what we send. As
    a helper is asked whatever host a redirect leads to, none is followed."""
    if descriptor < 0:
        return ()
    helper = f"credential.helper=!cat /dev/fd/{descriptor} #"
    return ("-c", "credential.helper=", "-c", helper, "-c", "http.followRedirects=false")


def _raw(word: str) -> bytes:
    """The bytes that `text` made `word` of. Raises ValueError if there are none."""
    return word.encode("utf-8", "surrogateescape")


def _environment() -> dict[str, str]:
    """The user's, without the token and what would change the form of an answer."""
    kept = {
        name: value
        for name, value in child_environment().items()
        if name != "GIT_CONFIG" and not name.endswith("_PATHSPECS")
    }
    return kept | _ALWAYS


def _read(process: subprocess.Popen[bytes], until: float, most: int) -> tuple[bytes, bytes]:
    """Reads standard output to its end, or a little more than `most` bytes of it, and the end of
    what git had written to standard error when it ended: a child that stays behind may keep that
    one open. Raises TimeoutError and TimeoutExpired."""
    out, errors = bytearray(), bytearray()
    with DefaultSelector() as selector:
        for stream, taken in ((process.stdout, out), (process.stderr, errors)):
            if stream:
                selector.register(stream, EVENT_READ, taken)
        while len(out) <= most and process.stdout in selector.get_map():
            ready = selector.select(max(0.0, until - monotonic()))
            if not ready:
                raise TimeoutError
            for key, _ in ready:
                piece = os.read(key.fd, _PIECE)
                key.data.extend(piece)
                if not piece:
                    selector.unregister(key.fileobj)
            del errors[:-_ERROR_BYTES]
        if len(out) <= most:
            process.wait(max(0.0, until - monotonic()))
        for key, _ in selector.select(0):
            key.data.extend(os.read(key.fd, _PIECE))
    return bytes(out), bytes(errors)


def _end(*processes: subprocess.Popen[bytes]) -> None:
    """End those that still run, with their children; SIGTERM lets git remove its lock files.
    A child that stays when git is gone gets no second signal."""
    left = [process for process in processes if process.poll() is None]
    for signal in (SIGTERM, SIGKILL) if left else ():
        for process in left:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal)
        until = monotonic() + _GRACE
        for process in left:
            with suppress(subprocess.TimeoutExpired):
                process.wait(max(0.0, until - monotonic()))


def _error_line(errors: bytes) -> str:
    """The line of an error in which git names the reason, with the one before if the reason is
    there."""
    lines = [found.strip() for found in errors.decode("utf-8", "replace").splitlines()]
    lines = [_USER_INFO.sub("://", found) for found in lines if found]
    last = max(
        (at for at, found in enumerate(lines) if found.startswith(("fatal:", "error:", "! ["))),
        default=len(lines) - 1,
    )
    if not lines:
        return "it gave no reason"
    before = lines[max(0, last - 1)]
    chosen = before if lines[last].startswith("fatal: Could not read from remote") else lines[last]
    return inert(chosen)[:_MAX_ERROR]
