"""A large graph with its ledger, made on the servers themselves: pairs of records that share a phone, all resolved."""

from neo4j import AsyncDriver
from psycopg import sql

from ledger.ledger import Ledger

BATCH = 5_000  # pairs in one transaction

# What the loader and the resolver would have left of pair n: two records, their phone, their customer.
PAIRS = """
UNWIND range($first, $last) AS n
WITH n, $born + right('0000000000' + (2 * n), 10) AS gcid, $born + right('0000000000' + (2 * n + 1), 10) AS other
CREATE (phone:Identifier:Phone {key: 'Phone|+2547' + n, kind: 'Phone', value: '+2547' + n, masked: '***'})
CREATE (customer:GlobalCustomer {gcid: gcid, status: 'current', hash: 'x', step: 1})
CREATE (a:SourceCustomer {
  key: 'large|customer|' + n + 'a', system: 'large', entity: 'customer', full_name: 'Person ' + n, hash: 'x', step: 1,
  canonical_name: 'person ' + n, party_type: 'person', rank: 2 * n, birth_id: gcid
})
CREATE (b:SourceCustomer {
  key: 'large|customer|' + n + 'b', system: 'large', entity: 'customer', full_name: 'Person ' + n, hash: 'x', step: 1,
  canonical_name: 'person ' + n, party_type: 'person', rank: 2 * n + 1, birth_id: other
})
CREATE (a)-[:HAS_PHONE {valid_from: datetime(), raw: phone.value, step: 1}]->(phone)
CREATE (b)-[:HAS_PHONE {valid_from: datetime(), raw: phone.value, step: 1}]->(phone)
CREATE (a)-[:RESOLVES_TO {valid_from: datetime(), step: 1, policy: $policy}]->(customer)
CREATE (b)-[:RESOLVES_TO {valid_from: datetime(), step: 1, policy: $policy}]->(customer)
CREATE (a)-[:LINKED {
  kind: 'Phone', identifier: phone.key, stage: 3, policy: $policy, step: 1, valid_from: datetime()
}]->(b)
"""
BORN = "00000000-0000-8000-8000-00"  # and ten digits
RANKS = """
INSERT INTO step (id, at, kind) VALUES (1, now(), 'load');
INSERT INTO outcome (step, what) VALUES (1, 'committed');
INSERT INTO rank (birth_id, rank, step)
  SELECT ({born} || lpad(n::text, 10, '0'))::uuid, n, 1 FROM generate_series(2, 2 * {pairs} + 1) AS n;
INSERT INTO record_key (key, birth_id)
  SELECT 'large|customer|' || n / 2 || CASE n % 2 WHEN 0 THEN 'a' ELSE 'b' END,
         ({born} || lpad(n::text, 10, '0'))::uuid FROM generate_series(2, 2 * {pairs} + 1) AS n;
ANALYZE;
"""


async def make_large(driver: AsyncDriver, ledger: Ledger, *, records: int, policy: str) -> None:
    """Records ``large|customer|<n>a`` and ``…b`` for n from 1; ``policy`` is the hash under which they are resolved."""
    pairs = records // 2
    async with ledger.transaction() as connection:
        for statement in RANKS.strip().split(";")[:-1]:
            text = sql.SQL(statement).format(born=sql.Literal(BORN), pairs=sql.Literal(pairs))
            await connection.execute(text)
    for first in range(1, pairs + 1, BATCH):
        last = min(first + BATCH - 1, pairs)
        await driver.execute_query(PAIRS, first=first, last=last, born=BORN, policy=policy)
    await driver.execute_query("CREATE (:Run {id: 1, kind: 'resolve', policy_hash: $policy})", policy=policy)
