"""An answer that Python made, as a role may see it: what the graph does by projection for answers of its own."""

from collections.abc import Callable, Mapping
from typing import Any

from api.access import Right
from api.projected import Fields, ProjectedField
from api.views import SHOWN, View
from graph.projection import Expression, Inline, Rows

ATTRIBUTES = "project_record_attributes"
# By the statement of the masked projection; from the map that holds the value, and the value.
HIDDEN: Mapping[str, Callable[[Mapping[str, Any], Any], Any]] = {
    "project_hidden_value": lambda held, _: held.get("masked") or "***",
    "project_hidden_day": lambda _, day: str(day)[:4],
}


def as_seen(view: View, fields: Fields, type_: str, made: Mapping[str, Any]) -> dict[str, Any]:
    """A map with the keys of the graph's answers (``api.past`` makes such), nested; no list of it is shared."""
    seen = dict(made)
    for spelled, field in fields[type_].items():
        value = made.get(field.python_name)
        if value is not None:
            seen[field.python_name] = _seen(view, fields, (type_, spelled, field), made, value)
    return seen


def _seen(
    view: View, fields: Fields, place: tuple[str, str, ProjectedField], held: Mapping[str, Any], value: Any
) -> Any:
    type_, spelled, field = place
    how = field.projection
    if view.right(type_, spelled) is not Right.CLEAR and field.masked is not None:
        assert isinstance(field.masked, Expression)  # noqa: S101 - each masked form is a statement, which a test checks
        return HIDDEN[field.masked.statement](held, value)
    if isinstance(how, Rows) and how.statement == ATTRIBUTES:
        system, entity, _ = held["key"].split("|", 2)
        value = [it for it in value if f"{system}|{entity}|{it['name']}" in view.parameters[SHOWN]]
    if isinstance(how, Rows | Inline) and how.type is not None:
        if isinstance(value, Mapping):
            return as_seen(view, fields, how.type, value)
        return [as_seen(view, fields, how.type, it) for it in value]
    return value
