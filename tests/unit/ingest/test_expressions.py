from datetime import UTC, date, datetime

import pyarrow as pa
import pytest

from ingest.errors import SourceContractError
from ingest.expressions import Choice, Expression, columns_in, evaluate, find_problems
from ingest.kinds import FieldType
from ingest.rejections import Flaw


def test_an_expression_that_fails_on_one_row_costs_that_value_only() -> None:
    rows = pa.table({"N": ["1", "many", None]})
    (column,) = evaluate([Expression("map.n", 'CAST("N" AS INTEGER)', FieldType.TEXT)], rows, "UTC").columns
    assert column.values == ["1", None, None]
    assert column.flaws == {Flaw.FAILED_EXPRESSION: 1}


@pytest.mark.parametrize(
    ("type_", "said", "value"),
    [
        (FieldType.DATE, "1990-05-17", date(1990, 5, 17)),
        (FieldType.DATE, "1990-05-17 00:00:00+00", date(1990, 5, 17)),
        (FieldType.INSTANT, "2024-01-01T12:00:00+03:00", datetime(2024, 1, 1, 9, tzinfo=UTC)),
        (FieldType.BOOLEAN, "true", True),
        (FieldType.NUMBER, "0.25", 0.25),
        (FieldType.INTEGER, "9223372036854775807", 2**63 - 1),
        (FieldType.RAW, " 07 ", " 07 "),
        (FieldType.TEXT, " 07 ", "07"),
    ],
)
def test_a_text_becomes_what_its_field_needs(type_: FieldType, said: str, value: object) -> None:
    (column,) = evaluate([Expression("map.x", '"X"', type_)], pa.table({"X": [said]}), "UTC").columns
    assert (column.values, column.flaws) == ([value], {})


@pytest.mark.parametrize(
    ("sql", "problem"),
    [
        ('"Nope"', "Nope"),
        ('lower("Known"', "syntax error"),
        ('no_such_function("Known")', "no_such_function"),
    ],
)
def test_a_typing_error_is_found_without_any_row(sql: str, problem: str) -> None:
    (found,) = find_problems([Expression("map.full_name", sql, FieldType.TEXT)], ["Known"])
    assert found.startswith("map.full_name: ")
    assert problem in found


@pytest.mark.parametrize("sql", ["(SELECT 1)", "(SELECT content FROM read_text('pyproject.toml'))"])
def test_an_expression_sees_the_batch_and_nothing_else(sql: str) -> None:
    (found,) = find_problems([Expression("map.x", sql, FieldType.TEXT)], ["Known"])
    assert "subquery" in found


def test_columns_of_another_type_than_an_expression_takes_are_one_clear_sentence() -> None:
    rows = pa.table({"Id": ["1"], "Name": [date(1990, 5, 17)]})
    expressions = [
        Expression("key", '"Id"', FieldType.RAW),
        Expression("map.full_name", 'lower("Name")', FieldType.TEXT),
    ]
    with pytest.raises(SourceContractError) as raised:
        evaluate(expressions, rows, "UTC")
    assert str(raised.value).startswith("map.full_name does not fit the columns that the source has now: ")
    assert "1990" not in str(raised.value)


def test_columns_are_what_stands_in_double_quotes_outside_of_texts() -> None:
    assert columns_in("""concat_ws('"', "First", 'it''s "no" column', upper("Last"))""") == {"First", "Last"}


RELATED = Choice(each="""from_json("People", '[{"id": "VARCHAR", "as": "VARCHAR"}]')""", where="item.as <> 'none'")


def test_each_item_of_a_list_is_a_row_of_its_own_and_remembers_which_row_it_is_of() -> None:
    people = ['[{"id": "1", "as": "spouse"}, {"id": "2", "as": "none"}]', "[]", None, '[{"id": "3", "as": "child"}]']
    rows = pa.table({"Id": ["a", "b", "c", "d"], "People": people})
    keys = [Expression("key", """"Id" || '/' || item.id""", FieldType.RAW)]
    found = evaluate(keys, rows, "UTC", RELATED)
    assert (found.columns[0].values, found.numbers, found.failed) == (["a/1", "d/3"], [0, 3], 0)
    assert list(find_problems(keys, ["Id", "People"], RELATED)) == []


def test_a_list_that_cannot_be_read_is_counted_and_stops_no_other() -> None:
    rows = pa.table({"People": ["[broken", '[{"id": "1", "as": "spouse"}]']})
    found = evaluate([Expression("key", "item.id", FieldType.RAW)], rows, "UTC", RELATED)
    assert (found.columns[0].values, found.numbers, found.failed) == (["1"], [1], 1)


def test_rows_of_which_where_is_not_true_do_not_count() -> None:
    rows = pa.table({"Type": ["person", "company", None]})
    found = evaluate([Expression("key", '"Type"', FieldType.RAW)], rows, "UTC", Choice(where=""""Type" = 'company'"""))
    assert (found.columns[0].values, found.numbers) == (["company"], [1])


def test_a_list_of_identifiers_is_a_list_of_texts() -> None:
    rows = pa.table({"Papers": ['["1", "' + "2" * 1_001 + '", "3"]', None, "[]"]})
    (column,) = evaluate(
        [Expression("identifiers.Passport.0", """from_json("Papers", '["VARCHAR"]')""", FieldType.RAWS)], rows, "UTC"
    ).columns
    assert column.values == [["1", None, "3"], None, []]
