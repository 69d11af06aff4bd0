UNWIND range($from, $from + $count - 1) AS n
MATCH (a:Account {key: 'core|account|' + (n % $accounts)})
CREATE (a)-[:POSTED]->(:Transaction:Event {
  key: 'core|transaction|' + n, system: 'core', reference: 'TX' + n, type: 'deposit', direction: 'credit',
  amount_minor: 100 + n, currency: 'KES', status: 'completed', description: 'Deposit',
  at: datetime('2026-01-01T00:00:00Z') + duration({seconds: n}), hash: toString(n), step: $step
})
