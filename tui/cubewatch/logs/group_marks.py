"""GroupMark: what a line of a log says about groups of lines, as CI systems mark them.

Known are the marks of GitHub and Azure (`##[group]Title`, `::group::Title`) and of GitLab
(`section_start:…`), which many tools know how to write; a timestamp may stand before them.
"""

import re
from typing import NamedTuple

_TIME = r"(?P<time>(?:\d{4}-\d\d-\d\dT[\d:.]{8,20}Z? (?:\d\d[OE]\+? ?)?)?)"
_MARK = re.compile(
    _TIME
    + r"(?:(?P<github>(?:##\[(?P<end>end)?group\]|::(?P<close>end)?group::))"
    + r"|(?P<over>(?:section_end:\d+:[^\r\n]{1,200}(?:\r(?:\x1b\[0?K)?|\Z))*)"
    + r"(?P<gitlab>section_start:\d+:[^\r\n]{1,200}(?:\r(?:\x1b\[0?K)?|\Z))?)"
    + r"(?P<title>.*)",
    re.DOTALL,
)


class GroupMark(NamedTuple):
    """What a line marks: how many groups end there, and whether one begins. `time` and `text` are
    what else stands in the line, before and behind the marks."""

    ends: int
    begins: bool
    time: str
    text: str


def group_mark(text: str) -> GroupMark | None:
    """What a line marks; None if it marks nothing."""
    if "group" not in text and "section_" not in text:
        return None
    found = _MARK.match(text)
    if not found or not (found["github"] or found["over"] or found["gitlab"]):
        return None
    ends = found["over"].count("section_end:") if found["over"] else 0
    if found["github"]:
        is_end = bool(found["end"] or found["close"])
        return GroupMark(int(is_end), not is_end, found["time"], "" if is_end else found["title"])
    return GroupMark(ends, bool(found["gitlab"]), found["time"], found["title"])
