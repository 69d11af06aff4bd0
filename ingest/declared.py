"""The values that a source file is written in: durations, names, expressions, classes of columns."""

import re
from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from typing import Annotated, Any, Literal
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def _read_duration(value: Any) -> timedelta:
    found = re.fullmatch(r"(\d+)([smhd])", value) if isinstance(value, str) else None
    if found is None:
        raise ValueError("write a duration as a number and a unit: 30s, 5m, 24h, 7d")
    return timedelta(**{UNITS[found[2]]: int(found[1])})


def _known_zone(value: str) -> str:
    if value not in _zones():
        raise ValueError("is no IANA time zone such as UTC or Africa/Nairobi")
    return value


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())  # reads all files of the time zone database


def as_list(value: Any) -> Any:
    return value if isinstance(value, list) else [value]


Duration = Annotated[timedelta, BeforeValidator(_read_duration)]
Zone = Annotated[str, AfterValidator(_known_zone)]
Sql = Annotated[str, Field(min_length=1)]
Names = Annotated[tuple[str, ...], BeforeValidator(as_list)]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Share = Annotated[float, Field(ge=0, le=1)]
Engine = Literal["postgresql", "mysql", "mssql", "kafka", "http"]
Pattern = Literal["database", "cdc", "rest", "webhooks", "files", "stream"]
DataClass = Literal["pii", "financial", "compliance", "operational"]
Retention = Mapping[DataClass, timedelta]  # how long rows that became no record are kept, if they have such a column
RETENTION: dict[DataClass, timedelta] = {
    "pii": timedelta(days=90),
    "financial": timedelta(days=365),
    "compliance": timedelta(days=3650),
    "operational": timedelta(days=365),
}


class Declared(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)
