from wekeza.scenario import _alert, _has, _knows, _nodes

HER = {
    "sourceRecords": [{"key": "comprehensive|customers|1"}, {"key": "mobile|users|2"}],
    "accounts": {"edges": [{"node": {"number": "WKZ1"}}, {"node": {"number": "WKZ2"}}]},
    "alerts": {"edges": []},
}


def test_her_records_are_known_by_their_whole_keys() -> None:
    assert _knows(HER, "mobile|users|2")
    assert not _knows(HER, "mobile|users")


def test_what_she_has_is_in_the_nodes_of_a_connection() -> None:
    assert _nodes(HER, "accounts") == [{"number": "WKZ1"}, {"number": "WKZ2"}]
    assert _has(HER, "accounts", "number", "WKZ2")
    assert not _has(HER, "accounts", "number", "WKZ")
    assert not _has(HER, "alerts", "key", _alert("1"))


def test_an_alert_has_the_key_that_ingest_gives_it() -> None:
    assert _alert("7") == "fraud|alerts|7"
