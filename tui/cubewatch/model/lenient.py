"""Field types that read foreign JSON with tolerance: what can't be read takes its default.

All of it happens inside pydantic's core, item by item, so that 10,000 cubes stay cheap. Pydantic
itself is not loaded: it would take 9 MB to write the schema that `schema_of` writes.
"""

import json
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from types import NoneType, UnionType
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from pydantic_core import CoreSchema, core_schema

from cubewatch.text.sanitize import cut, inert, inert_block

EARLIEST_DATE = datetime(1971, 1, 1, tzinfo=UTC)
"""The API writes 1970-01-01 for a stage that has not come (seen)."""
LATEST_DATE = datetime(9999, 1, 1, tzinfo=UTC)
"""Later ones have no local time in every timezone."""

MAX_LINE, MAX_BLOCK = 1_000, 10_000
"""Characters of a text that is shown: what is longer is cut before anything else is done to it."""
MAX_RAW = 16_000
"""Characters of a name or an address that is sent back: what is longer can't be one."""


class Lenient:
    """A field read by `schema` (that of its type, if None), and its default where that fails.
    `share`: gives an equal value that is there already in place of another."""

    def __init__(
        self,
        default: object,
        schema: CoreSchema | None = None,
        share: Callable[[Any], Any] | None = None,
    ) -> None:
        self.default = default
        self.schema = schema
        self.share = share

    def wrap(self, kind: object) -> CoreSchema:
        """The schema of such a field whose type is `kind`."""
        schema = self.schema or schema_of(kind)
        if self.share:
            schema = core_schema.no_info_after_validator_function(self.share, schema)
        return core_schema.with_default_schema(schema, default=self.default, on_error="default")


class Readable:
    """An item of a list, left out where it can't be read."""

    def wrap(self, kind: object) -> CoreSchema:
        """The schema of such an item whose type is `kind`."""
        return core_schema.with_default_schema(schema_of(kind), on_error="omit")


def schema_of(kind: object) -> CoreSchema:
    """The schema that reads a type: text, a flag, a dataclass, `tuple[X, ...]`, `X | None`, or one
    of those annotated with Lenient or Readable. Raises TypeError for any other."""
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Annotated:
        inner, how = arguments
        wrapped: CoreSchema = how.wrap(inner)
        return wrapped
    if origin is tuple:
        return core_schema.tuple_variable_schema(schema_of(arguments[0]))
    if origin is UnionType and arguments[1:] == (NoneType,):
        return core_schema.nullable_schema(schema_of(arguments[0]))
    if isinstance(kind, type) and is_dataclass(kind):
        return _dataclass_schema(kind)
    if kind is str:
        return core_schema.str_schema()
    if kind is bool:
        return core_schema.bool_schema()
    raise TypeError(f"{kind!r} can't be read")


def _dataclass_schema(kind: type[Any]) -> CoreSchema:
    names = [field.name for field in fields(kind)]
    types = get_type_hints(kind, include_extras=True)
    args = [core_schema.dataclass_field(name, schema_of(types[name])) for name in names]
    return core_schema.dataclass_schema(
        kind, core_schema.dataclass_args_schema(kind.__name__, args), names, slots=True
    )


def _line(text: str) -> str:
    return inert(text if len(text) <= MAX_LINE else cut(text, MAX_LINE))


def _block(text: str) -> str:
    return inert_block(cut(text, MAX_BLOCK))


def _json_text(value: object) -> str:
    return _block(json.dumps(value, ensure_ascii=False, indent=1)) if value else ""


_LINE = core_schema.no_info_after_validator_function(
    _line, core_schema.str_schema(coerce_numbers_to_str=True)
)
_BLOCK = core_schema.no_info_after_validator_function(
    _block, core_schema.str_schema(coerce_numbers_to_str=True)
)
_URL = core_schema.no_info_after_validator_function(
    inert, core_schema.str_schema(max_length=MAX_RAW)
)
_MOMENT = core_schema.json_or_python_schema(
    core_schema.datetime_schema(
        strict=True, gt=EARLIEST_DATE, lt=LATEST_DATE, tz_constraint="aware"
    ),
    core_schema.is_instance_schema(datetime),
)
_FLOAT = core_schema.float_schema(allow_inf_nan=False)
_JSON = core_schema.no_info_plain_validator_function(_json_text)

Line = Annotated[str, Lenient("", _LINE)]
Block = Annotated[str, Lenient("", _BLOCK)]
JsonText = Annotated[str, Lenient("", _JSON)]
Url = Annotated[str, Lenient("", _URL)]
RawName = Annotated[str, Lenient("", core_schema.str_schema(max_length=MAX_RAW))]
RawText = Annotated[str, Lenient("")]
Moment = Annotated[datetime | None, Lenient(None, _MOMENT)]
Float = Annotated[float | None, Lenient(None, _FLOAT)]
Flag = Annotated[bool, Lenient(default=False)]
