"""Field types that read foreign JSON with tolerance: what can't be read takes its default.

All of it happens inside pydantic's core, item by item, so that 10,000 cubes stay cheap.
"""

import json
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import GetCoreSchemaHandler
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
    """A field read by `schema` (that of its type, if None), and its default where that fails."""

    def __init__(self, default: object, schema: CoreSchema | None = None) -> None:
        self.default = default
        self.schema = schema

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.with_default_schema(
            self.schema or handler(source), default=self.default, on_error="default"
        )


class Readable:
    """An item of a list, left out where it can't be read."""

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.with_default_schema(handler(source), on_error="omit")


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
