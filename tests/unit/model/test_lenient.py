"""The schema that reads a type: written from its annotations, by pydantic's core alone."""

import subprocess
import sys
from dataclasses import dataclass
from typing import Annotated

import pytest

from cubewatch.model.decode import read
from cubewatch.model.lenient import Flag, Lenient, Line, Readable, schema_of


@dataclass(frozen=True, slots=True)
class Leaf:
    name: Line = ""
    green: Flag = False


@dataclass(frozen=True, slots=True)
class Branch:
    leaves: Annotated[tuple[Annotated[Leaf, Readable()], ...], Lenient(())] = ()
    last: Annotated[Leaf | None, Lenient(None)] = None


def test_a_dataclass_in_a_dataclass_is_read() -> None:
    body = b'{"leaves": [{"name": "a"}, 7, {"green": true}], "last": {"name": "z"}, "more": 1}'
    assert read(Branch, body) == Branch((Leaf("a"), Leaf(green=True)), Leaf("z"))
    assert read(Branch, b'{"leaves": 7, "last": null}') == Branch()


@pytest.mark.parametrize("kind", [int, list[str], dict[str, str], Leaf | Branch, Leaf | str])
def test_a_type_that_no_answer_has_is_an_error(kind: object) -> None:
    with pytest.raises(TypeError, match="can't be read"):
        schema_of(kind)


def test_reading_a_run_loads_the_core_of_pydantic_only() -> None:
    code = (
        'import sys, cubewatch.model.decode as d; d.read_run(b\'{"slug":"1"}\');'
        "print([m for m in ('pydantic', 'pydantic_core') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['pydantic_core']"
