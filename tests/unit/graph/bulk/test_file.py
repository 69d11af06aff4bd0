"""A file in, a file out: the same answer as the plain rule on the same rows, and one sentence for a bad file."""

import random
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyarrow import csv, parquet

from graph.bulk.columns import IDENTIFIERS
from graph.bulk.customers import NAMESPACE
from graph.bulk.file import Summary, resolve_file
from graph.bulk.source import BadFile
from graph.bulk.writing import write_tables
from graph.identifiers import normalise
from graph.records import CustomerRecord, IdentifierValue, InvalidValue, PartyType
from graph.resolution.derived import with_derived
from graph.resolution.global_ids import birth_id, founders
from graph.resolution.model import Member
from graph.resolution.policy import Policy, load_policy
from graph.resolution.population import gather_evidence, resolve_population
from tests.unit.graph.bulk import WORLDS

GUARDED = load_policy("guarded")
POLICIES = [GUARDED, load_policy("plain"), load_policy("extended"), GUARDED.model_copy(update={"private_limit": 2})]
Row = dict[str, Any]

PHONES = ["0712345678", "+254 712 345 678", "254712345678", "0712-345-679", "+44 20 7946 0958", "call me", "0700000000"]
ROWS = st.fixed_dictionaries(
    {
        "national_id": st.sampled_from([None, "12345678", "1234 5678", "ID12345678", "22334455", "00000000", "??"]),
        "passport": st.sampled_from([None, None, "A1234567", "a 1234567"]),
        "tax_pin": st.sampled_from([None, None, None, "A001234567B"]),
        "phone": st.lists(st.sampled_from(PHONES), max_size=3),
        "email": st.sampled_from([None, "john@doe.com", "John@DOE.com", "mary@x.test", "not an address", "jö@doe.com"]),
        "full_name": st.sampled_from(
            [None, "John Doe", "DOE, Jon", "Mr J. Doe", "Mary Wanjiku", "Wanjikũ Mary", "Test"]
        ),
        "birth_date": st.sampled_from([None, date(1990, 1, 1), date(1990, 1, 2)]),
        "country": st.sampled_from(["KE", "KE", "UG", None]),
        "party_type": st.sampled_from([None, "person", "company"]),
        "verified": st.sampled_from([None, True, True, False]),
    }
)
SCHEMA = pa.schema(
    {
        "record": pa.string(),
        **dict.fromkeys(("national_id", "passport", "tax_pin"), pa.string()),
        "phone": pa.list_(pa.string()),
        "email": pa.string(),
        "full_name": pa.string(),
        "birth_date": pa.date32(),
        "country": pa.string(),
        "party_type": pa.string(),
        "verified": pa.bool_(),
    }
)


def run(source: Path, policy: Policy = GUARDED, output: str = "out.parquet") -> tuple[Summary, list[Row], list[Row]]:
    """The summary, the customers and the links."""
    target, links = source.with_name(output), source.with_name("links.parquet")
    summary = resolve_file(source, target, policy, links, lambda phase, share: None)
    assert sorted(path.name for path in source.parent.iterdir()) == sorted({source.name, output, "links.parquet"})
    return summary, parquet.read_table(target).to_pylist(), parquet.read_table(links).to_pylist()


def write(folder: Path, rows: Sequence[Row], schema: pa.Schema | None = None) -> Path:
    path = folder / "in.parquet"
    parquet.write_table(pa.Table.from_pylist(list(rows), schema=schema), path)
    return path


def as_record(row: Row, policy: Policy) -> CustomerRecord:
    found = []
    for column, kind in IDENTIFIERS.items():
        raws = row[column] if isinstance(row[column], list) else [row[column]]
        found += [normalise(kind, raw, row["country"], verified=row["verified"] is not False) for raw in raws]
    record = CustomerRecord(
        key=row["record"],
        party_type=PartyType(row["party_type"] or "unknown"),
        full_name=row["full_name"],
        birth_date=row["birth_date"],
        identifiers=tuple(value for value in found if isinstance(value, IdentifierValue)),
        invalid=tuple(value for value in found if isinstance(value, InvalidValue)),
    )
    return with_derived(record, policy)


@pytest.mark.scaled
@settings(max_examples=WORLDS, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(ROWS, min_size=1, max_size=9), policy=st.sampled_from(POLICIES), rng=st.randoms(use_true_random=False)
)
def test_file_answers_what_the_plain_rule_answers(
    rows: list[Row], policy: Policy, rng: random.Random, tmp_path_factory: pytest.TempPathFactory
) -> None:
    rows = [{"record": f"bank|{number}", **row} for number, row in enumerate(rows)]
    records = [as_record(row, policy) for row in rows]
    members = [
        Member(key=it.key, rank=rank, name=it.full_name, birth_date=it.birth_date, party_type=it.party_type)
        for rank, it in enumerate(records)
    ]
    plain = resolve_population(members, gather_evidence(records, policy), (), policy)
    first = founders(plain.groups, {member.key: member.rank for member in members})
    rng.shuffle(rows)
    summary, customers, links = run(write(tmp_path_factory.mktemp("world"), rows, SCHEMA), policy)

    ids = {
        key: str(birth_id(NAMESPACE, name)) for group, name in zip(plain.groups, first, strict=True) for key in group
    }
    assert [(row["record"], row["gcid"]) for row in customers] == sorted(ids.items())
    accepted = [(it.a, it.b, it.kind, True, "") for it in plain.links]
    refused = [(it.a, it.b, it.kind, False, it.reason.value) for it in plain.refused]
    assert sorted((it["a"], it["b"], it["kind"], it["accepted"], it["reason"] or "") for it in links) == sorted(
        accepted + refused
    )
    assert (summary.customers, summary.accepted) == (len(plain.groups), len(plain.links))
    assert sum(summary.refused.values()) == len(plain.refused)
    assert summary.counted.invalid == sum(len(it.invalid) for it in records)


def test_shuffled_rows_give_the_same_bytes(tmp_path: Path) -> None:
    rng = random.Random(5)
    rows: list[Row] = [
        {
            "record": f"r{n}",
            "phone": f"+2547{rng.randrange(3000):08d}",
            "full_name": rng.choice(["A Doe", "John Doe", None]),
        }
        for n in range(5000)
    ]
    run(write(tmp_path, rows))
    written = [(tmp_path / name).read_bytes() for name in ("out.parquet", "links.parquet")]
    rng.shuffle(rows)
    run(write(tmp_path, rows))
    assert [(tmp_path / name).read_bytes() for name in ("out.parquet", "links.parquet")] == written


def test_csv_in_and_out(tmp_path: Path) -> None:
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text(
        "record,phone,full_name,birth_date,verified,country,branch\n"
        'a,0712345678;0722000111,"Doe, John",1990-01-01,,ke,A\nb,+254722000111,John Doe,soon,true,KE,\nc,,,,no,,\n',
        encoding="utf-8-sig",
    )
    summary = resolve_file(source, target, GUARDED, None, lambda phase, share: None)
    gcids = {row["record"]: row["gcid"] for row in csv.read_csv(target).to_pylist()}
    assert gcids["a"] == gcids["b"] != gcids["c"]
    assert summary.told.ignored == ("branch",)
    assert summary.told.unreadable == {"birth_date": 1}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("phone\n0712345678\n", "no column record"),
        ("record,Phone\na,0712345678\n", "nothing to compare"),
        ("record,phone\na,1\n,2\n", "1 rows have no record, the first is row 2"),
        ("record,phone\na,1\nb,2\na,3\n", "row 3 that of row 1"),
        ("record,record\na,b\n", "a name of its own"),
        ("record,phone,verified\na,0712345678,perhaps\n", "neither true nor false in 1 rows"),
        ("record,phone\na,0712345678,0733999888\n", "no whole csv file"),
        ("", "a name of its own"),
    ],
)
def test_a_bad_file_is_told_in_one_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    source = tmp_path / "in.csv"
    source.write_text(text, encoding="utf-8")
    with pytest.raises(BadFile, match=sentence) as caught:
        run(source)
    assert "07" not in str(caught.value).replace(str(source), "")
    assert [path.name for path in tmp_path.iterdir()] == ["in.csv"]


def test_a_file_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="cannot be read: No such file"):
        run(tmp_path / "in.parquet")
    (tmp_path / "in.parquet").write_bytes(b"PAR1 but no more")
    with pytest.raises(BadFile, match="no whole parquet file"):
        run(tmp_path / "in.parquet")
    (tmp_path / "in.csv").write_bytes(b"record,phone\n\xff\xfe,1\n")
    with pytest.raises(BadFile, match="UTF-8"):
        run(tmp_path / "in.csv")
    with pytest.raises(BadFile, match="must be named"):
        run(tmp_path / "in.xlsx")


def test_a_number_with_a_fraction_is_no_identifier(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="column phone is of type double; write it as text"):
        run(write(tmp_path, [{"record": "a", "phone": 712345678.0}]))


def test_output_that_cannot_be_written(tmp_path: Path) -> None:
    source = write(tmp_path, [{"record": "a", "phone": "0712345678"}])
    for target in (tmp_path / "nowhere" / "out.csv", source, tmp_path / "out.txt"):
        with pytest.raises(BadFile):
            resolve_file(source, target, GUARDED, None, lambda phase, share: None)
    rows = pa.table({"record": ["a"]})
    with pytest.raises(BadFile):
        write_tables({tmp_path / "out.csv": rows, tmp_path / "nowhere" / "links.csv": rows})
    assert [path.name for path in tmp_path.iterdir()] == ["in.parquet"]


def test_no_rows_are_no_customers(tmp_path: Path) -> None:
    summary, customers, links = run(write(tmp_path, [], SCHEMA))
    assert (summary.customers, customers, links) == (0, [], [])


def test_hostile_files_are_bounded(tmp_path: Path) -> None:
    """100,000 on one phone, half of them claims; 500 identifiers of one record; 1,000 namesakes."""
    crowd: list[Row] = [
        {
            "record": f"crowd {n}",
            "phone": ["0712345678"],
            "full_name": f"John {n}",
            "country": "KE",
            "verified": n % 2 == 0,
        }
        for n in range(100_000)
    ]
    many: Row = {
        "record": "many",
        "phone": [f"0722{n:06d}" for n in range(500)],
        "full_name": "Mary Wanjiku",
        "country": "KE",
    }
    namesakes: list[Row] = [
        {"record": f"same {n}", "phone": [f"0733{n:06d}"], "full_name": "John Doe", "country": "KE"}
        for n in range(1000)
    ]
    summary, customers, _ = run(write(tmp_path, [*crowd, many, *namesakes], SCHEMA))
    assert summary.crowded == 1
    assert summary.customers == len(customers) == 101_001
