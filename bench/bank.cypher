// Customers as resolving leaves them: four records each, two accounts with twenty bookings, four logins, two scores.
UNWIND range($from, $from + $count - 1) AS n
WITH n, right('000000000000' + toString(n), 12) AS id, datetime('2026-01-01T00:00:00Z') AS day
CREATE (g:GlobalCustomer {
  gcid: 'aaaaaaaa-0000-8000-8000-' + id, status: 'current', step: 1, since: day, party_type: 'person',
  name: 'Achieng Odhiambo ' + id, name_source: 'core|customer|' + id, name_updated_at: day,
  birth_date: date('1960-01-01') + duration({days: n % 15000}), birth_date_source: 'core|customer|' + id,
  birth_date_updated_at: day, national_id: id, national_id_masked: '***' + right(id, 2),
  national_id_source: 'core|customer|' + id, national_id_updated_at: day, phone: '+2547' + right(id, 8),
  phone_masked: '***' + right(id, 4), phone_source: 'core|customer|' + id, phone_updated_at: day,
  email: 'p' + id + '@mail.example.com', email_masked: '***@mail.example.com', email_source: 'core|customer|' + id,
  email_updated_at: day
})
WITH *
UNWIND range(0, 3) AS r
WITH *, ['core', 'mobile', 'fraud', 'web'][r] AS system
CREATE (s:SourceCustomer {
  key: system + '|customer|' + id, system: system, entity: 'customer', rank: n * 4 + r,
  birth_id: ['aaaaaaaa', 'bbbbbbbb', 'cccccccc', 'dddddddd'][r] + '-0000-8000-8000-' + id, party_type: 'person',
  full_name: 'Achieng Odhiambo ' + id, birth_date: g.birth_date, created_at: day, updated_at: day, hash: id, step: 1
})-[:RESOLVES_TO {step: 1}]->(g)
CREATE (s)-[:LOGGED_IN]->(:Login:Event {
  key: system + '|login|' + id, system: system, channel: system, successful: true,
  at: day + duration({minutes: n + r}), hash: id, step: 1
})
FOREACH (_ IN CASE WHEN r < 2 THEN [r] ELSE [] END |
  CREATE (s)-[:SCORED]->(:RiskScore:Event {
    key: system + '|score|' + id, system: system, score: toFloat((n + r) % 100), level: 'Low',
    raw_score: toFloat((n + r) % 100), raw_scale: '0-100', at: day + duration({minutes: n}), hash: id, step: 1
  })
  CREATE (s)-[:OWNS {role: 'holder'}]->(a:Account {
    key: system + '|account|' + id, system: system, number: id, product: 'Savings', status: 'active',
    balance_minor: n * 100, available_minor: n * 100, currency: 'KES', opened_at: day,
    authoritative: CASE r WHEN 0 THEN true END, hash: id, step: 1
  })
  FOREACH (t IN range(0, 19) |
    CREATE (a)-[:POSTED]->(:Transaction:Event {
      key: system + '|transaction|' + id + '-' + toString(t), system: system, reference: 'TX' + id + toString(t),
      type: 'deposit', direction: 'credit', amount_minor: 100 + t, currency: 'KES', status: 'completed',
      description: 'Deposit', at: day + duration({minutes: n + t}), hash: id, step: 1
    })
  )
)
