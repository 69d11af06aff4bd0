// The peer: Neo4j's own GraphQL library on Apollo Server, over the same graph. Prints a line when it listens.
// node_modules is beside package.json in the directory that it is started in, the schema beside this file.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const load = createRequire(process.cwd() + "/package.json");
const { ApolloServer } = load("@apollo/server");
const { startStandaloneServer } = load("@apollo/server/standalone");
const { Neo4jGraphQL } = load("@neo4j/graphql");
const neo4j = load("neo4j-driver");

// GraphQL's String takes an object's toJSON: this is what spares the server APOC.
neo4j.types.DateTime.prototype.toJSON = neo4j.types.DateTime.prototype.toString;

const { NEO4J_URI, NEO4J_USER, NEO4J_PASSWORD, PORT } = process.env;
const driver = neo4j.driver(NEO4J_URI, neo4j.auth.basic(NEO4J_USER, NEO4J_PASSWORD), { maxConnectionPoolSize: 20 });
const typeDefs = readFileSync(new URL("schema.graphql", import.meta.url), "utf8");
const server = new ApolloServer({
  schema: await new Neo4jGraphQL({ typeDefs, driver }).getSchema(),
  csrfPrevention: false,
});
const context = async () => ({ sessionConfig: { database: "neo4j" } });
const { url } = await startStandaloneServer(server, { context, listen: { host: "127.0.0.1", port: Number(PORT) } });
console.log(`listening on ${url}`);
