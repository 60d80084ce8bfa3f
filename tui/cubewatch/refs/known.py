"""KnownRefs: the refs of one kind, from the clone and from answers of the API."""

from collections.abc import Iterable, Iterator
from heapq import merge
from itertools import chain
from typing import NamedTuple

from cubewatch.model.git_ref import GitRef
from cubewatch.model.ranking import Names

MAX_ANSWERS = 32


class ServerAnswer(NamedTuple):
    """An answer of the server: the refs whose names contain a text, at a moment. `whole`: these are
    all."""

    refs: tuple[GitRef, ...]
    whole: bool
    at: float


class KnownRefs:
    """The refs of one kind. A whole answer for a text has every name that holds it.

    Upper and lower case are different there, as they may be for the server.
    """

    def __init__(self) -> None:
        self._local: dict[str, GitRef] = {}
        self._answers: dict[str, ServerAnswer] = {}
        self._served: dict[str, GitRef] = {}
        self._local_names: Names[GitRef] = Names(())
        self._served_names: Names[GitRef] = Names(())

    def learn(self, refs: Iterable[GitRef]) -> None:
        """Replaces the refs of the clone."""
        self._local = {ref.name: ref for ref in refs}
        self._local_names = _newest_first(self._local.values())
        self._sort_served()

    def remember(self, text: str, answer: ServerAnswer) -> None:
        """Stores the answer of the server for `text`, in place of answers that it covers."""
        left = {
            asked: one
            for asked, one in self._answers.items()
            if asked != text and not (answer.whole and text in asked)
        }
        for asked in list(left)[: len(left) + 1 - MAX_ANSWERS]:
            del left[asked]
        self._answers = left | {text: answer}
        self._served = {ref.name: ref for one in self._answers.values() for ref in one.refs}
        self._sort_served()

    def _sort_served(self) -> None:
        only_served = (ref for name, ref in self._served.items() if name not in self._local)
        self._served_names = _newest_first(only_served)

    def answers(self, text: str, since: float) -> bool:
        """Whether `text` was requested from the server after `since`."""
        same = self._answers.get(text)
        return same is not None and same.at >= since

    def whole(self, text: str, since: float) -> bool:
        """Whether all names of the server that hold `text` are known, since `since`."""
        return any(
            one.whole and one.at >= since and asked in text for asked, one in self._answers.items()
        )

    def on_server(self, name: str, since: float) -> bool | None:
        """Whether the server has the ref `name`; None if that is not known."""
        if name in self._served:
            return True
        return False if self.whole(name, since) else None

    def best(self, text: str, tiers: int) -> tuple[Iterator[GitRef], int]:
        """The refs that fit `text`, the best and among them the newest first, and how many they
        are. Only the first `tiers` of TIERS count."""
        local, served = self._local_names.tiers(text), self._served_names.tiers(text)
        pairs = list(zip(local, served, strict=True))[:tiers]
        merged = (merge(*pair, key=_age) for pair in pairs)
        count = sum(len(refs) for pair in pairs for refs in pair)
        return map(self._completed, chain.from_iterable(merged)), count

    def ref(self, name: str) -> GitRef | None:
        """The ref of exactly this name."""
        local = self._local.get(name)
        return self._completed(local) if local else self._served.get(name)

    def _completed(self, ref: GitRef) -> GitRef:
        """A ref with all that is known, where the server's state counts first."""
        if served := self._served.get(ref.name):
            return served.dated_by(ref)
        known = self.on_server(ref.name, float("-inf"))
        return ref if known is None else ref._replace(on_server=known)


def _newest_first(refs: Iterable[GitRef]) -> Names[GitRef]:
    return Names((ref.name, ref) for ref in sorted(refs, key=_age))


def _age(ref: GitRef) -> float:
    """A sort key that is smaller for newer refs; an unknown age counts as the oldest."""
    return -ref.when.timestamp() if ref.when else 0.0
