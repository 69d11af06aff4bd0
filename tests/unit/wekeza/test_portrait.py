from graph.statements import statement
from wekeza.portrait import KINDS, _snake


def test_what_is_counted_by_sql_is_what_the_graph_counts() -> None:
    counted = statement("read_statistics")
    assert [name for name in KINDS if f"AS {_snake(name)}" not in counted] == []
