// The alerts that came, or changed, with the steps behind one and up to another.
MATCH (alert:FraudAlert)
WHERE alert.step > $after AND alert.step <= $upto AND NOT alert:Expected
RETURN alert.key AS key ORDER BY alert.step, key
