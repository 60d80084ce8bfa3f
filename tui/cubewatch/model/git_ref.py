"""GitRef: a branch, tag or commit that is known to be there, and what it points at."""

from datetime import datetime
from typing import NamedTuple

from cubewatch.model.request import RevisionKind


class GitRef(NamedTuple):
    """`name` is as git has it: not inert. `commit` is the full hash, `subject` its first line or a
    tag's own message (inert), `when` the moment it was made, aware; "" and None if
    unknown. `on_server` is None if that is unknown."""

    kind: RevisionKind
    name: str
    commit: str = ""
    subject: str = ""
    when: datetime | None = None
    on_server: bool | None = None

    def dated_by(self, known: "GitRef | None") -> "GitRef":
        """The ref with the date of `known`, if that is the same commit and this one has no date."""
        if known is None or self.when or not self.commit or known.commit != self.commit:
            return self
        return self._replace(when=known.when)


class PushState(NamedTuple):
    """The state of a local revision compared to the server: whether a run would contain it.

    `on_server`: the server has it; None: not known. `ahead`: so many commits of the local branch
    are not on the server's branch of this name. All as of the clone's last fetch or push; but
    where it is `certain`, the server itself says whether it has it.
    """

    on_server: bool | None = None
    ahead: int = 0
    certain: bool = False
