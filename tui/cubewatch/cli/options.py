"""The options that several commands share, in groups as `-h` shows them."""

import argparse
from collections.abc import Iterator
from typing import Any, NamedTuple


class Option(NamedTuple):
    """An option's spellings, and its keyword arguments of argparse."""

    flags: tuple[str, ...]
    settings: dict[str, Any]

    @property
    def dest(self) -> str:
        """The attribute of Arguments that it sets."""
        long = next(flag for flag in self.flags if flag.startswith("--"))
        return str(self.settings.get("dest", long.removeprefix("--").replace("-", "_")))


class OptionGroup(NamedTuple):
    """Options that belong together. `misplaced`: what is said where one of them stands before a
    command that it is not for, with `{flag}` and `{command}`."""

    title: str
    misplaced: str
    options: tuple[Option, ...]

    def add_to(self, parser: argparse.ArgumentParser, *, shown: bool = True) -> None:
        group = parser.add_argument_group(self.title) if shown else parser
        for flags, settings in self.options:
            hidden = {} if shown else {"help": argparse.SUPPRESS}
            group.add_argument(*flags, **settings | hidden)

    def flags_of(self, dests: set[str]) -> Iterator[str]:
        """The long spelling of each option that sets one of `dests`."""
        for option in self.options:
            if option.dest in dests:
                yield next(flag for flag in option.flags if flag.startswith("--"))


def option(*flags: str, **settings: Any) -> Option:
    """An option, with the words of `ArgumentParser.add_argument`."""
    return Option(flags, settings)


WHERE = OptionGroup(
    "where",
    "{flag} is not for {command}: leave it out",
    (
        option("-R", "--repo", metavar="ORG/REPO", help="the repository"),
        option("--api-url", metavar="URL", help="the API's address"),
        option("--token-command", metavar="CMD", help="a shell command that prints the token"),
        option("--config", metavar="FILE", help="read this config file, not the usual one"),
        option("--demo", action="store_true", help="use a built-in server instead"),
        option("--demo-speed", metavar="N", help="let time in the demo pass N times faster"),
    ),
)
WHAT = OptionGroup(
    "what to run (without any: the default branch)",
    "{command} starts no run: leave out {flag}",
    (
        option("--ref", metavar="BRANCH", help="a branch"),
        option("--tag", metavar="TAG", help="a tag"),
        option("--commit", metavar="HASH", help="a commit"),
        option("--cfg-ref", metavar="BRANCH", help="take the config from a branch"),
        option("--cfg-tag", metavar="TAG", help="take the config from a tag"),
        option("--cfg-commit", metavar="HASH", help="take the config from a commit"),
        option("--shared", action="store_true", help="run workflows shared with you"),
    ),
)
SCREEN = OptionGroup(
    "on a screen (NO_COLOR: no colour at all)",
    "{flag} is for what is shown on a screen: {command} only prints",
    (
        option("--ascii", action="store_true", help="draw with ASCII alone"),
        option("--mouse", action="store_true", help="use the mouse over SSH too"),
        option("--no-mouse", dest="mouse", action="store_false", help="leave it alone"),
        option("--no-notify", dest="notify", action="store_false", help="no bell, no notification"),
    ),
)
PLAIN = OptionGroup(
    "without a screen",
    "{flag} is not for {command}: leave it out",
    (
        option("--plain", action="store_true", help="a line for each change, then the exit status"),
        option("--json", action="store_true", help="a JSON object for each change instead"),
        option("--heartbeat", metavar="SECONDS", help="a line after so long without one (60)"),
        option("--give-up", metavar="DURATION", help="end with 3 after such an outage: 90s, 1h30m"),
        option("--fail-fast", action="store_true", help="end with 1 at the first failure"),
        option("--until", metavar="approval", help="end with 0 once something waits for a person"),
    ),
)
GROUPS = (WHERE, WHAT, SCREEN, PLAIN)
