// What of a chapter the worker holds, and what of it a press must run again.

/**
 * Keep in mind what the worker holds: which statements ran, who made each name last, and who altered each version.
 *
 * listStale leaves out of a cell's needs what need not run again. What must: a statement one of whose names another
 * has made since; one that takes what is made anew; and, before a change is made for the first time or again, all
 * that made what it changes, if that was changed otherwise since. A cell that is pressed twice goes on instead.
 */
export function makeMemory() {
  const ran = new Set(), seen = new Set(), makers = new Map(), alterers = new Map();
  const alter = (map, { key, makes, changes }) => [...makes.keys(), ...changes].forEach((version) => map.set(version.key, key));

  function pass({ needed, own }, stale, again) {
    const last = new Map(needed.flatMap(({ key, made }) => made.map((name) => [name, key])));
    const fresh = new Set(), expected = new Map();
    const isStale = ({ key, made, takes, makes, changes }) => !ran.has(key)
      || made.some((name) => makers.get(name) !== last.get(name))
      || [...takes, ...changes].some((version) => fresh.has(version))
      || [...makes.keys(), ...changes].some((version) => again.has(version));
    for (const statement of [...needed, ...own.filter(({ key }) => !seen.has(key))]) {
      if (!statement.cell || isStale(statement)) {
        for (const version of statement.changes) {
          if (alterers.get(version.key) !== expected.get(version.key)) again.add(version);
        }
        [...statement.makes.keys(), ...statement.changes].forEach((version) => fresh.add(version));
        if (statement.cell) stale.add(statement);
      }
      alter(expected, statement);
    }
  }

  return {
    listStale(found) {
      const stale = new Set(), again = new Set();
      for (let size = -1; size < stale.size + again.size;) {
        size = stale.size + again.size;
        pass(found, stale, again);
      }
      return found.needed.filter((statement) => stale.has(statement));
    },
    note(statements, isSeen) {
      for (const statement of statements) {
        ran.add(statement.key);
        if (isSeen) seen.add(statement.key);
        for (const name of statement.makes.values()) if (name) makers.set(name, statement.key);
        alter(alterers, statement);
      }
    },
  };
}
