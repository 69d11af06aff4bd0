"""Files dropped in a real folder become rows once: also after a kill, under another name, and beside bad ones."""

import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.records import Position
from ingest.connectors.files import FilesReader
from ingest.errors import SourceContractError
from ingest.folder import Dialect, Folder
from tests.unit.ingest.connectors.drops import (
    COLUMNS,
    LONG_AGO,
    WRITERS,
    Taken,
    ids,
    list_files,
    lying,
    reasons,
    rows,
    settled,
    source_of,
    take,
    write_csv,
)

CSV, PARQUET = source_of("csv"), source_of("parquet")


@pytest.mark.parametrize("ending", ["csv", "parquet"])
async def test_two_files_are_read_by_name_once_and_archived(tmp_path: Path, ending: str) -> None:
    source, write = source_of(ending), WRITERS[ending]
    write(tmp_path / f"sums_2026-02-28.{ending}", rows(300, 50))
    write(tmp_path / f"sums_2026-02-27.{ending}", rows(0, 250))
    (tmp_path / "readme.txt").write_text("no file of a table")
    taken = await take(source, tmp_path)
    assert (taken.ids, taken.faults) == ([*ids(0, 250), *ids(300, 50)], [])
    assert {it.key for it in taken.positions.values()} == {"250 complete", "50 complete"}
    found = lying(tmp_path)
    assert found["."] == {"readme.txt"}
    assert {name.split(".")[0] for name in found["archive"]} == {"sums_2026-02-27", "sums_2026-02-28"}
    assert (await take(source, tmp_path, taken)).pages == 4, "nothing is read again"


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(number=st.integers(0, 60), size=st.integers(1, 20), killed=st.lists(st.integers(1, 5), max_size=4))
@pytest.mark.parametrize("ending", ["csv", "parquet"])
async def test_however_often_it_is_killed_every_row_is_read_once(
    tmp_path: Path, ending: str, number: int, size: int, killed: list[int]
) -> None:
    folder = tmp_path / f"{ending} {number} {size} {killed}"
    how: dict[str, Any] = {"row_group_size": 13} if ending == "parquet" else {}
    WRITERS[ending](folder / f"sums_1.{ending}", rows(0, number), **how)
    taken = Taken()
    for more in killed:
        await take(source_of(ending), folder, taken, size=size, at_most=taken.pages + more)
    await take(source_of(ending), folder, taken, size=size)
    assert taken.ids == ids(0, number)
    assert [it.key for it in taken.positions.values()] == [f"{number} complete"]
    assert len(lying(folder)["archive"]) == 1
    shutil.rmtree(folder)


async def test_the_same_content_again_is_not_read_whatever_its_name(tmp_path: Path) -> None:
    write_csv(tmp_path / "sums_1.csv", rows(0, 3))
    taken = await take(CSV, tmp_path)
    for name in ("sums_1.csv", "sums_2.csv"):
        settled(write_csv(tmp_path / name, rows(0, 3)), LONG_AGO + 9)
    assert await take(CSV, tmp_path, taken) == Taken(ids(0, 3), taken.positions, [], 1)
    assert len(lying(tmp_path)["archive"]) == 3
    assert "." not in lying(tmp_path)


async def test_a_graph_that_lost_its_positions_reads_the_archive_again(tmp_path: Path) -> None:
    write_csv(tmp_path / "sums_1.csv", rows(0, 3))
    write_csv(tmp_path / "sums_2.csv", rows(3, 3))
    before, archived = await take(CSV, tmp_path), lying(tmp_path)
    assert await take(CSV, tmp_path) == before
    assert lying(tmp_path) == archived


async def test_from_a_day_on_files_are_read_again(tmp_path: Path) -> None:
    write_csv(tmp_path / "sums_1.csv", rows(0, 3))
    settled(write_csv(tmp_path / "sums_2.csv", rows(3, 3)), LONG_AGO + 86_400)
    taken = await take(CSV, tmp_path)
    day = datetime.fromtimestamp(LONG_AGO + 86_400, UTC).date()
    assert (await take(CSV, tmp_path, taken, since=day)).ids == [*ids(0, 6), *ids(3, 3)]


async def test_a_folder_that_stays_as_it_is_is_read_once_too(tmp_path: Path) -> None:
    source = source_of("csv", folder=Folder(archive=False))
    file = write_csv(tmp_path / "sums_1.csv", rows(0, 3))
    taken = await take(source, tmp_path)
    assert (await take(source, tmp_path, taken)).pages == 1
    write_csv(file, rows(0, 4))
    settled(file, LONG_AGO + 60)
    await take(source, tmp_path, taken)
    assert taken.ids == [*ids(0, 3), *ids(0, 4)], "another content is another file"
    assert lying(tmp_path) == {".": {"sums_1.csv"}}


async def test_a_file_is_taken_when_it_is_as_its_manifest_says(tmp_path: Path) -> None:
    source = source_of("csv", folder=Folder(manifest="_manifest.json"))
    file = write_csv(tmp_path / "sums_1.csv", rows(0, 3))
    write_csv(tmp_path / "sums_2.csv", rows(9, 3))
    assert (await take(source, tmp_path)).ids == []
    list_files(tmp_path, file, rows=3)
    taken = await take(source, tmp_path)
    assert (taken.ids, taken.faults) == (ids(0, 3), [])
    assert lying(tmp_path)["."] == {"_manifest.json", "sums_2.csv"}
    assert (await take(source, tmp_path, taken)).faults == [], "what it lists was read"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"sha256": "0" * 64}, "its checksum is not"),
        ({"bytes": 7}, "its checksum is not"),
        ({"rows": 4}, "3 rows, and 4"),
    ],
)
async def test_a_file_that_is_not_as_its_manifest_says_is_set_aside(
    tmp_path: Path, changes: dict[str, object], said: str
) -> None:
    source = source_of("csv", folder=Folder(manifest="_manifest.json"))
    list_files(tmp_path, write_csv(tmp_path / "sums_1.csv", rows(0, 3)), **changes)
    taken = await take(source, tmp_path)
    assert taken.ids == []
    assert said in taken.faults[0]
    assert said in reasons(tmp_path)["sums_1.csv.reason.txt"]


async def test_a_file_that_still_arrives_behind_its_manifest_is_waited_for(tmp_path: Path) -> None:
    source = source_of("csv", folder=Folder(manifest="_manifest.json"))
    file = write_csv(tmp_path / "sums_1.csv", rows(0, 3))
    list_files(tmp_path, file)
    whole = file.read_bytes()
    file.write_bytes(whole[:-9])
    assert await take(source, tmp_path) == Taken()
    file.write_bytes(whole)
    assert (await take(source, tmp_path)).ids == ids(0, 3)


async def test_a_manifest_may_list_what_is_not_there(tmp_path: Path) -> None:
    source = source_of("csv", folder=Folder(manifest="_manifest.json"))
    file, gone = write_csv(tmp_path / "sums_1.csv", rows(0, 3)), write_csv(tmp_path / "sums_2.csv", rows(3, 1))
    list_files(tmp_path, file, gone)
    gone.unlink()
    taken = await take(source, tmp_path)
    assert taken.ids == ids(0, 3)
    assert taken.faults == ["The Sums, file 'sums_2.csv' is listed in its manifest and not there."]


async def test_a_file_that_grows_while_it_is_read_is_left_and_read_whole_later(tmp_path: Path) -> None:
    file = write_csv(tmp_path / "sums_1.csv", rows(0, 20))
    async with FilesReader.connect(CSV, {"sums": tmp_path.as_uri()}) as reader:
        pages = reader.parts(CSV.tables[0], {}, 10)
        assert (await anext(pages)).rows.num_rows == 10
        with file.open("a") as opened:
            opened.write("20,c,1,2026-02-27\n")
        assert sum([page.rows.num_rows async for page in pages]) >= 0
    assert lying(tmp_path) == {".": {"sums_1.csv"}}
    settled(file)
    assert (await take(CSV, tmp_path)).ids == ids(0, 21)


@pytest.mark.parametrize(
    ("dialect", "how"),
    [
        (Dialect(delimiter=";", quote="'"), {"delimiter": ";", "quotechar": "'"}),
        (Dialect(encoding="latin-1"), {"encoding": "latin-1"}),
        (Dialect(encoding="utf-16"), {"encoding": "utf-16"}),
        (Dialect(), {"encoding": "utf-8-sig"}),
        (Dialect(header=tuple(COLUMNS)), {"header": ()}),
    ],
    ids=str,
)
async def test_a_dialect(tmp_path: Path, dialect: Dialect, how: dict[str, str]) -> None:
    odd = [(1, "Zoë; 'so', \"and\n so\"", "1.5", "2026-02-27"), (2, "", "", "")]
    write_csv(tmp_path / "sums_1.csv", odd, **how)
    source = source_of("csv", dialect=dialect)
    async with FilesReader.connect(source, {"sums": tmp_path.as_uri()}) as reader:
        (page,) = [page async for page in reader.parts(source.tables[0], {}, 10)]
    assert page.rows.to_pylist() == [
        {"id": "1", "who": odd[0][1], "amount": "1.5", "day": "2026-02-27"},
        {"id": "2", "who": None, "amount": None, "day": None},
    ]


async def test_the_newest_file_is_compared_with_the_source_file(tmp_path: Path) -> None:
    async with FilesReader.connect(CSV, {"sums": tmp_path.as_uri()}) as reader:
        (table,) = CSV.tables
        with pytest.raises(SourceContractError, match=r"no file 'sums_\*.csv' has arrived"):
            await reader.schema(table)
        write_csv(tmp_path / "sums_1.csv", [], ("id", "who"))
        write_csv(tmp_path / "sums_2.csv", [], (*COLUMNS, "note", "more"))
        write_csv(tmp_path / "odd.csv", [])
        assert (await reader.schema(table)).names == list(COLUMNS)
        assert await reader.undeclared(table) == ("more",)
        assert await reader.tables() == ("odd.csv", "sums_*.csv")
        write_csv(tmp_path / "sums_3.csv", [], ("id", "who"))
        with pytest.raises(SourceContractError, match=r"The Sums: file 'sums_3.csv': .*'amount' lost, 'day' lost"):
            await reader.schema(table)


async def test_parquet_keeps_its_types_and_its_naive_times_are_of_the_source(tmp_path: Path) -> None:
    table = pa.table(
        {
            "id": pa.array([b"\x01\x02"]),
            "who": pa.array(["c"]).dictionary_encode(),
            "amount": pa.array([1], pa.decimal128(20, 4)),
            "day": pa.array([1_700_000_000 * 10**9], pa.timestamp("ns")),
        }
    )
    pq.write_table(table, settled_path := tmp_path / "sums_1.parquet")
    settled(settled_path)
    async with FilesReader.connect(PARQUET, {"sums": tmp_path.as_uri()}) as reader:
        (page,) = [page async for page in reader.parts(PARQUET.tables[0], {}, 10)]
    assert page.rows.schema.types == [
        pa.string(), pa.string(), pa.decimal128(20, 4), pa.timestamp("us", tz="UTC"),
    ]  # fmt: skip
    assert page.rows.column("id").to_pylist() == ["0102"]
    assert {at.timestamp() for at in page.fresh.to_pylist()} == {LONG_AGO}


async def test_a_position_is_under_the_checksum_of_the_content(tmp_path: Path) -> None:
    write_csv(tmp_path / "sums_1.csv", [])
    taken = await take(CSV, tmp_path)
    at = LONG_AGO * 10**9
    size = len("id,who,amount,day\n")
    (checksum,) = taken.positions
    assert taken.positions == {checksum: Position(f"{size} {at} sums_1.csv", "0 complete")}
    assert lying(tmp_path) == {"archive": {f"sums_1.{checksum[:16]}.csv"}}
