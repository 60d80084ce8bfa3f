"""The environment of child processes."""

import os
from collections.abc import Mapping

TOKEN_VARIABLES = ("SOURCECRAFT_TOKEN", "SOURCECRAFT_PAT")
"""The variables that sign in, in the order in which they are looked at."""


def child_environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """Our environment without the token, which no pager and no git needs, and with `more`."""
    kept = {name: value for name, value in os.environ.items() if name not in TOKEN_VARIABLES}
    return kept | dict(more or {})
