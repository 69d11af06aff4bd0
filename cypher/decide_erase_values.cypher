// Values that nobody has or had any more.
UNWIND $keys AS key
MATCH (i:Identifier {key: key})
WHERE NOT EXISTS { (i)<-[/*held or claimed*/]-() } AND NOT EXISTS { (i)<-[/*held once*/]-() }
DETACH DELETE i
