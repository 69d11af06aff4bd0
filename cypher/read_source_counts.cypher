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
}
RETURN system, what, number ORDER BY system, what
