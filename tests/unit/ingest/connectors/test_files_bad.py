"""Files that cannot be read are set aside with one sentence, and stop no other; a folder may be there later."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ingest.connectors import tabular
from ingest.connectors.files import FilesReader
from ingest.errors import SourceUnavailable
from ingest.folder import Folder
from tests.unit.ingest.connectors.drops import (
    COLUMNS,
    WRITERS,
    ids,
    lying,
    reasons,
    rows,
    settled,
    source_of,
    take,
    write_csv,
    write_parquet,
)

CSV = source_of("csv")


def cut_csv(file: Path) -> None:
    file.write_bytes(write_csv(file, rows(0, 30)).read_bytes()[:-16])


def cut_parquet(file: Path) -> None:
    file.write_bytes(write_parquet(file, rows(0, 30)).read_bytes()[:-16])


def damaged_parquet(file: Path) -> None:
    """Its end is well, its pages are not."""
    write_parquet(file, rows(0, 30_000), compression="snappy")
    said = bytearray(file.read_bytes())
    said[200:2_000] = b"\xff" * 1_800
    file.write_bytes(said)


def long_text(file: Path) -> None:
    """A million times the same text of a kilobyte is a file of a few kilobytes."""
    texts = pa.DictionaryArray.from_arrays(pa.array([0] * 1_000_000, pa.int32()), ["x" * 1_000])
    one = pa.array([1] * 1_000_000)
    pq.write_table(pa.table({"id": one, "who": texts, "amount": one, "day": one}), file)


BAD = {
    "csv, a row cut off": (cut_csv, "csv", "cut off"),
    "csv, a short row": (lambda f: write_csv(f, [*rows(0, 3), (7, 8)]), "csv", "row 5 has 2 columns where 4"),
    "csv, a quote never closed": (
        lambda f: f.write_text('id,who,amount,day\n1,"a,1,1\n2,b,1,1\n'), "csv", "never closed",
    ),
    "csv, another encoding": (
        lambda f: write_csv(f, [(1, "Zoë", 1, 1)], encoding="latin-1"), "csv", "not in the encoding utf-8",
    ),
    "csv, a column lost": (lambda f: write_csv(f, [(1, 2, 3)], ("id", "amount", "day")), "csv", "'who' lost"),
    "csv, a column twice": (lambda f: write_csv(f, [], (*COLUMNS, "id")), "csv", "'id' twice"),
    "csv, zero bytes": (lambda f: f.write_bytes(b""), "csv", "it is empty"),
    "csv, binary": (lambda f: f.write_bytes(bytes(range(256)) * 9), "csv", "encoding"),
    "csv, one endless line": (lambda f: f.write_bytes(b"x" * 3_000_000), "csv", "does not name its columns"),
    "csv, one endless row": (
        lambda f: f.write_bytes(b"id,who,amount,day\n1," + b"x" * 9_000_000 + b",1,1\n"), "csv", "longer than",
    ),
    "parquet, cut off": (cut_parquet, "parquet", "cut off"),
    "parquet, damaged": (damaged_parquet, "parquet", "damaged"),
    "parquet, zero bytes": (lambda f: f.write_bytes(b""), "parquet", "it is empty"),
    "parquet, is csv": (lambda f: write_csv(f, rows(0, 3)), "parquet", "damaged"),
    "parquet, a column lost": (lambda f: write_parquet(f, [(1, 2)], ("id", "day")), "parquet", "'who' lost"),
    "parquet, little that says much": (long_text, "parquet", "MB of text"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
async def test_a_bad_file_is_set_aside_with_a_sentence_and_the_others_are_read(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    make, ending, said = BAD[name]
    monkeypatch.setattr(tabular, "MAX_PAGE", 2**20)
    WRITERS[ending](tmp_path / f"sums_0.{ending}", rows(0, 3))
    bad = tmp_path / f"sums_1.{ending}"
    make(bad)
    settled(bad)
    WRITERS[ending](tmp_path / f"sums_2.{ending}", rows(5, 3))
    taken = await take(source_of(ending), tmp_path, size=20_000)
    assert {*ids(0, 3), *ids(5, 3)} <= {*taken.ids}
    (fault,) = taken.faults
    assert fault.startswith(f"The Sums, file 'sums_1.{ending}': ")
    assert said in fault
    assert lying(tmp_path)["rejected"] == {bad.name, f"{bad.name}.reason.txt"}
    assert said in reasons(tmp_path)[f"{bad.name}.reason.txt"]
    assert "Zo" not in fault
    assert len(lying(tmp_path)["archive"]) == 2
    assert (await take(source_of(ending), tmp_path, taken)).faults == [fault], "told once, as it is not there any more"


async def test_a_file_whose_types_do_not_fit_is_set_aside_before_a_row_of_it_is_read(tmp_path: Path) -> None:
    source = source_of(
        "parquet", map={"at": """strptime("day", '%Y-%m-%d')"""}, columns=COLUMNS | {"amount": "operational"}
    )
    write_parquet(tmp_path / "sums_1.parquet", [(1, "c", "1", [1, 2])])
    write_parquet(tmp_path / "sums_2.parquet", [(2, "c", "1", "2026-02-27")])
    taken = await take(source, tmp_path)
    assert taken.ids == ["2"]
    assert "map.at does not fit the columns that the source has now" in taken.faults[0]
    assert lying(tmp_path)["rejected"] == {"sums_1.parquet", "sums_1.parquet.reason.txt"}


async def test_a_bad_file_of_a_folder_that_stays_as_it_is_is_told_every_time(tmp_path: Path) -> None:
    source = source_of("csv", folder=Folder(archive=False))
    settled_file = tmp_path / "sums_1.csv"
    cut_csv(settled_file)
    settled(settled_file)
    taken = await take(source, tmp_path)
    assert len((await take(source, tmp_path, taken)).faults) == 2
    assert lying(tmp_path) == {".": {"sums_1.csv"}}


@pytest.mark.parametrize(
    ("dsn", "said"),
    [
        ("file:///nowhere/at/all", "its folder is not there"),
        ("file:///etc/hosts", "its folder cannot be read (NotADirectoryError)"),
        ("https://host/folder", "write file:///folder"),
        ("file://host/folder", "write file:///folder"),
        ("file:folder", "write file:///folder"),
    ],
)
async def test_a_folder_that_cannot_be_read_may_be_there_later(dsn: str, said: str) -> None:
    async with FilesReader.connect(CSV, {"sums": dsn}) as reader:
        with pytest.raises(SourceUnavailable) as fault:
            await anext(reader.parts(CSV.tables[0], {}, 10))
    assert said in str(fault.value)
    assert str(fault.value).startswith("The Sums: ")
