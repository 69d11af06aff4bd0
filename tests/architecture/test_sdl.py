from api.schema import SDL, export_schema


def test_the_committed_schema_is_the_one_that_is_served() -> None:
    """A change of the schema is a change of a contract: write api/schema.graphql anew, and review the difference."""
    assert SDL.read_text(encoding="utf-8") == export_schema()
