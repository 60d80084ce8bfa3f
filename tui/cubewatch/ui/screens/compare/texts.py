"""The texts of the comparison."""

LOOKING = "Looking for earlier runs of the same workflows …"
NO_BASELINE = "No earlier run is known in which these workflows went well."
NO_DIFFERENCE = "No difference."
HINT = "slower, faster: by a quarter of the usual time and 10s"
NOT_IN_TREE = "This cube is not part of the run."


def title(compared: str, known: int, *, is_final: bool) -> str:
    """The title: what is compared, and how many earlier runs are known."""
    so_far = "" if is_final else " · so far"
    runs = "1 earlier run" if known == 1 else f"{known} earlier runs"
    return f" {compared}{so_far} · {runs} known"
