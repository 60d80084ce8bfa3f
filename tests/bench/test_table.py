"""The table of costs."""

from tests.bench.table import FIGURE, NAME, line_of


def test_columns_never_touch() -> None:
    assert line_of(("name", "1 ms", "2 ms")) == f"{'name':<{NAME}}{'1 ms':<{FIGURE}}aim 2 ms"
    assert line_of(("n" * 80, "f" * 40, "2 ms")) == f"{'n' * 80}  {'f' * 40}  aim 2 ms"
    assert line_of(("name", "1 ms", "")) == f"{'name':<{NAME}}1 ms"
