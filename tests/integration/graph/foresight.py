"""Whether a preview came true."""

from collections.abc import Mapping

from graph.resolve import ResolveReport
from graph.what_if import Preview
from ledger.entries import EventKind


def assert_came_true(foreseen: Preview, report: ResolveReport, lives: Mapping[str, str]) -> None:
    """The resolution did what was foreseen; ``lives`` are the GCIDs by record that it left."""
    happened = [foreseen.happened[kind] for kind in (EventKind.CREATED, EventKind.MERGED, EventKind.SPLIT)]
    assert happened == [report.created, report.merged, report.split]
    assert (foreseen.links, foreseen.refused) == (report.links, report.refused)
    assert foreseen.customers_after == len(set(lives.values()))
    assert [it for it in foreseen.changed.items if lives.get(it.record) != it.after] == []
