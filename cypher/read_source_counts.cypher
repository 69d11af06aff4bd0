// What the graph holds of each system; stubs of what has not arrived are not counted.
CALL () {
  MATCH (n:SourceCustomer) WHERE NOT n:Expected RETURN n.system AS system, 'records' AS what, count(*) AS number
  UNION ALL
  MATCH (n:Account) WHERE NOT n:Expected RETURN n.system AS system, 'accounts' AS what, count(*) AS number
  UNION ALL
  MATCH (n:Transaction) WHERE NOT n:Expected RETURN n.system AS system, 'transactions' AS what, count(*) AS number
  UNION ALL
  MATCH (n:Login) WHERE NOT n:Expected RETURN n.system AS system, 'logins' AS what, count(*) AS number
  UNION ALL
  MATCH (n:FraudAlert) WHERE NOT n:Expected RETURN n.system AS system, 'alerts' AS what, count(*) AS number
  UNION ALL
  MATCH (n:Loan) WHERE NOT n:Expected RETURN n.system AS system, 'loans' AS what, count(*) AS number
  UNION ALL
  MATCH (n:Card) WHERE NOT n:Expected RETURN n.system AS system, 'cards' AS what, count(*) AS number
  UNION ALL
  MATCH (n:Role) WHERE NOT n:Expected RETURN n.system AS system, 'roles' AS what, count(*) AS number
  UNION ALL
  MATCH (n:Session) WHERE NOT n:Expected RETURN n.system AS system, 'sessions' AS what, count(*) AS number
  UNION ALL
  MATCH (n:Case) WHERE NOT n:Expected RETURN n.system AS system, 'cases' AS what, count(*) AS number
  UNION ALL
  MATCH (n:Activity) WHERE NOT n:Expected RETURN n.system AS system, 'activities' AS what, count(*) AS number
  UNION ALL
  MATCH (n:Aggregate) WHERE NOT n:Expected RETURN n.system AS system, 'aggregates' AS what, count(*) AS number
  UNION ALL
  MATCH (n:Report) WHERE NOT n:Expected RETURN n.system AS system, 'reports' AS what, count(*) AS number
  UNION ALL
  MATCH (n:Consent) WHERE NOT n:Expected RETURN n.system AS system, 'consents' AS what, count(*) AS number
  UNION ALL
  MATCH (n:Partner) WHERE NOT n:Expected RETURN n.system AS system, 'partners' AS what, count(*) AS number
  UNION ALL
  MATCH (n:Device) WHERE NOT n:Expected RETURN n.system AS system, 'devices' AS what, count(*) AS number
  UNION ALL
  MATCH (n:RiskScore) WHERE NOT n:Expected RETURN n.system AS system, 'scores' AS what, count(*) AS number
  UNION ALL
  MATCH (n:Sighting) WHERE NOT n:Expected RETURN n.system AS system, 'sightings' AS what, count(*) AS number
}
RETURN system, what, number ORDER BY system, what
