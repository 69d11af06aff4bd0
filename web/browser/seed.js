// Puts our saved queries and style where Neo4j Browser keeps a person's own, before it starts. What she saved or
// changed stays: only what is still exactly as we put it there is replaced. SEED is written before this text.
"use strict";
(() => {
  const read = (key, otherwise) => {
    try {
      return JSON.parse(localStorage.getItem(key)) ?? otherwise;
    } catch {
      return otherwise; // Neo4j Browser, too, starts afresh from a text that it cannot read
    }
  };
  const write = (key, value) => localStorage.setItem(key, JSON.stringify(value));
  const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

  const put = () => {
    const last = read("wekeza.seed", { version: null, documents: {}, style: {} });
    if (last.version === SEED.version) return;
    const documents = read("neo4j.documents", []).filter((saved) => last.documents[saved.id] !== saved.content);
    const ids = new Set(documents.map((saved) => saved.id));
    write("neo4j.documents", [...documents, ...SEED.documents.filter((ours) => !ids.has(ours.id))]);
    const folders = read("neo4j.folders", []);
    write("neo4j.folders", folders.some((saved) => saved.id === SEED.folder.id) ? folders : [...folders, SEED.folder]);
    const styled = Object.entries(read("neo4j.grass", {})).filter(([rule, style]) => !same(last.style[rule], style));
    write("neo4j.grass", { ...SEED.style, ...Object.fromEntries(styled) });
    write("wekeza.seed", {
      version: SEED.version,
      documents: Object.fromEntries(SEED.documents.map((ours) => [ours.id, ours.content])),
      style: SEED.style,
    });
  };

  // Reading is the default, and can be changed in the settings; telemetry is off, and cannot.
  const settle = () =>
    write("neo4j.settings", {
      initCmd: "",
      useReadTransactions: true,
      showSampleScripts: false,
      ...read("neo4j.settings", {}),
      allowCrashReports: false,
      allowUserStats: false,
    });

  // On Community, Neo4j Browser would keep the password in clear for whoever opens this browser next.
  const keepNoPassword = () => {
    const { setItem } = Storage.prototype;
    const blank = (name, value) => (name === "password" ? "" : value);
    Storage.prototype.setItem = function (key, text) {
      setItem.call(this, key, key === "neo4j.connections" ? JSON.stringify(JSON.parse(text, blank)) : text);
    };
  };

  const name = (server) => {
    const address = new URL(location.href);
    if (address.searchParams.has("dbms") || address.searchParams.has("connectURL")) return;
    address.searchParams.set("dbms", server);
    history.replaceState(null, "", address);
  };

  put();
  settle();
  keepNoPassword();
  name(SEED.server);
})();
