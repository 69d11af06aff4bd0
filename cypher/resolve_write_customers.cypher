// Customers that are new, changed, merged or back; a merged one keeps no golden record.
UNWIND $rows AS row
MERGE (g:GlobalCustomer {gcid: row.gcid})
WITH g, row, CASE WHEN g.status = row.properties.status THEN g.since ELSE $at END AS since
SET g = row.properties, g.gcid = row.gcid, g.since = since, g.step = $step
