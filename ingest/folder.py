"""How a place that is a folder hands files over, and how a table's CSV files are written."""

import codecs
from datetime import timedelta
from typing import Annotated

from pydantic import AfterValidator, Field

from ingest.declared import Declared, Duration

FORMATS = (".csv", ".parquet")


def _known_encoding(value: str) -> str:
    try:
        return codecs.lookup(value).name
    except LookupError:
        raise ValueError("is no encoding such as utf-8 or latin-1") from None


def _plain_name(value: str) -> str:
    if "/" in value or value.startswith("."):
        raise ValueError("is no name of a file in the folder itself")
    return value


Character = Annotated[str, Field(min_length=1, max_length=1)]


class Folder(Declared):
    """With a manifest a file is complete when it is as that says, without one when it was left alone for ``settle``.

    What was read is moved to ``archive/``, what cannot be read to ``rejected/``; of a folder that we may not write to
    nothing is moved.
    """

    manifest: Annotated[str, AfterValidator(_plain_name)] | None = None
    settle: Duration = timedelta(seconds=30)
    archive: bool = True


class Dialect(Declared):
    """Of CSV files. ``header`` names the columns where the first line does not."""

    delimiter: Character = ","
    quote: Character = '"'
    encoding: Annotated[str, AfterValidator(_known_encoding)] = "utf-8"
    header: tuple[str, ...] = ()
