"""A service that misbehaves is one clear sentence, and nothing is lost: real sockets, and a very bad server."""

import json
import ssl
from pathlib import Path

import pytest

from ingest.connectors.http import Patience
from ingest.connectors.page import Page
from ingest.connectors.rest import RestReader
from ingest.errors import SourceContractError, SourceUnavailable
from tests.fixtures.certificates import issue_certificates
from tests.fixtures.http import Answers, Asked, Reply, http_server
from tests.integration.ingest.service import (
    PATIENCE,
    gather,
    ids,
    item,
    read,
    reading,
    said,
    source_of,
)

FOREVER = Patience(attempts=2, first_wait=0.01, longest_wait=0.05, seconds=0.3, most_bytes=1 << 12)
BAD: dict[str, tuple[Answers, type[Exception], str]] = {
    "always 500": (lambda _: Reply(status=500), SourceUnavailable, r"it fails on its side \(500\)"),
    "429 storm": (lambda _: Reply(status=429), SourceUnavailable, "it wants fewer requests"),
    "429 for an hour": (
        lambda _: Reply(status=429, headers={"retry-after": "3600"}),
        SourceUnavailable,
        "it wants no request for 3600 s",
    ),
    "slow": (lambda _: Reply(body=b"[" * 500, drip=0.05), SourceUnavailable, "did not answer within the time limit"),
    "cut": (lambda _: Reply(body=b"[]" * 50, cut=3), SourceUnavailable, "broke off"),
    "no JSON": (lambda _: Reply(body=b"<html>Welcome, Mary</html>"), SourceContractError, "is no JSON"),
    "NaN": (lambda _: Reply(body=b'{"data": [NaN]}'), SourceContractError, "is no JSON"),
    "nested too deeply": (lambda _: Reply(body=b"[" * 4_000), SourceContractError, "is no JSON"),
    "not text": (lambda _: Reply(body=b"\xff\xfe\xff"), SourceContractError, "is no JSON"),
    "no items": (lambda _: said({"error": "none"}), SourceContractError, "'data' is no list of items"),
    "items that are none": (lambda _: said({"data": {"id": 1}}), SourceContractError, "'data' is no list of items"),
    "too big": (lambda _: Reply(body=b" " * (1 << 13)), SourceContractError, "has more than"),
    "announced and endless": (
        lambda _: Reply(body=b" " * (1 << 13), headers={"content-length": str(1 << 40)}),
        SourceContractError,
        "has more than",
    ),
    "the same cursor": (lambda _: said({"data": [item(0)], "next": "again"}), SourceContractError, "never ends"),
    "a cursor that is no text": (lambda _: said({"data": [], "next": ["a"]}), SourceContractError, "is no text"),
    "a field lost": (lambda _: said({"data": [{"id": "p", "at": "x"}]}), SourceContractError, "items lost 'name'"),
    "redirected away": (
        lambda _: Reply(status=302, headers={"location": "https://elsewhere.example/"}),
        SourceContractError,
        "another host",
    ),
    "redirected in a circle": (
        lambda asked: Reply(status=307, headers={"location": asked.path}),
        SourceContractError,
        "in a circle",
    ),
    "401": (lambda _: Reply(status=401), SourceUnavailable, "refuses the id or the secret"),
    "403": (lambda _: Reply(status=403), SourceContractError, "may not read it"),
    "404": (lambda _: Reply(status=404), SourceContractError, "no such resource"),
    "418": (lambda _: Reply(status=418), SourceContractError, r"refuses to be asked like this \(418\)"),
    "unknown compression": (
        lambda _: Reply(body=b"xxxx", headers={"content-encoding": "gzip"}),
        SourceContractError,
        "cannot be read",
    ),
}


@pytest.mark.parametrize("name", BAD)
async def test_a_bad_service_is_one_clear_sentence(tmp_path: Path, name: str) -> None:
    answers, fault, sentence = BAD[name]
    source = source_of(tmp_path)
    async with reading(answers, source, patience=FOREVER) as (reader, server):
        with pytest.raises(fault, match=sentence) as found:
            await read(reader, source)
    assert len(server.asked) <= 5
    assert str(found.value).startswith("A Service, 'v1/people': ")
    assert not {"secret", "Mary", "?"} & {*str(found.value).replace("(renamed or dropped?)", "").split()}


async def test_paging_that_gives_the_same_items_under_new_cursors_ends(tmp_path: Path) -> None:
    def answers(asked: Asked) -> Reply:
        return said({"data": [item(0), item(1)], "next": str(int(asked.query.get("cursor", "0")) + 1)})

    source = source_of(tmp_path)
    async with reading(answers, source) as (reader, server):
        with pytest.raises(SourceContractError, match="its paging never ends: 20 pages had nothing new"):
            await read(reader, source)
    assert len(server.asked) == 21


async def test_values_of_another_type_are_missing_and_counted(tmp_path: Path) -> None:
    odd = [{**item(0), "name": {"first": "Mary"}}, "no object", {**item(1), "id": None}, {**item(2), "name": "\ud800"}]
    body = json.dumps({"data": [*odd, {**item(3), "name": 17.50}]}).replace("17.5", "17.50").encode()
    source = source_of(tmp_path)
    async with reading(lambda _: Reply(body=body), source) as (reader, _):
        (page,) = await read(reader, source)
    assert page.rows.to_pylist() == [
        {"id": "p0", "name": None, "at": item(0)["at"]},
        {"id": None, "name": None, "at": None},
        {"id": None, "name": "Person 1", "at": item(1)["at"]},
        {"id": "p2", "name": None, "at": item(2)["at"]},
        {"id": "p3", "name": "17.50", "at": item(3)["at"]},
    ]
    assert page.unreadable == {"name": 2}


async def test_fewer_items_than_promised_are_read_again(tmp_path: Path) -> None:
    rest = 'items = "data"\npaging = { style = "page", parameter = "page", total = "total" }'
    source = source_of(tmp_path, rest, ordered=False)

    def answers(asked: Asked) -> Reply:
        return said({"data": [item(1)] if asked.query["page"] == "1" else [], "total": 5})

    async with reading(answers, source) as (reader, _):
        pages: list[Page] = []
        with pytest.raises(SourceUnavailable, match="fewer items than it promised"):
            await gather(reader, source, pages)
        assert [page.position for page in pages] == [None]


async def test_a_certificate_is_verified_and_its_authority_may_be_the_bank_s_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificates = issue_certificates(tmp_path, "127.0.0.1")
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificates.certificate, certificates.key)
    source = source_of(tmp_path)
    async with http_server(lambda _: said({"data": [item(0)]}), tls) as server:
        dsns = {"service": server.url}
        async with RestReader.connect(source, dsns, patience=PATIENCE) as reader:
            with pytest.raises(SourceUnavailable, match="vouches for its certificate: name its authority with"):
                await read(reader, source)
        assert server.asked == []
        monkeypatch.setenv("SSL_CERT_FILE", str(certificates.authority))
        async with RestReader.connect(source, dsns, patience=PATIENCE) as reader:
            assert ids(await read(reader, source)) == ["p0"]
