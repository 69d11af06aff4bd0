// Alerts by their keys.
UNWIND $keys AS key
MATCH (alert:FraudAlert {key: key})
WITH alert ORDER BY alert.step, alert.key
RETURN {/*fields*/} AS item
