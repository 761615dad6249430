// Which statements of the cells above a cell needs: a press must not wait for what it does not show.
//
// From the first statement to the last, each name has versions: who makes a name gives it a new one.
// A version holds those it was made from, as an optimizer holds a net: who changes the one may have
// changed the other. Backwards from the cell, a statement is needed if it makes or changes a version
// that the cell, or a needed statement below, takes.

import { listLearners, RANDOM, readLine } from "./lines.js";
import { splitStatements } from "./statements.js";

const MAY_SKIP = /^(if|elif|else|try|except|while)$/; // what such a block makes, it makes sometimes
// who reaches names by their text may reach any
const REACHES_ALL = /(?<![.\w])(exec|eval|globals|locals|vars)\s*\(/;
const WRITE = /^%%writefile\s+(\S+)/;
const read = new Map(); // code → its statements

/**
 * List what a cell needs.
 * @param {{cell, code: string}[]} above the cells above it, in their order. @param {string} code its own.
 * @returns {{needed, own, above}} statements: {cell, key, text, takes, makes, changes, made}. The key tells a statement of
 *   the chapter from all others. makes: version → name, null for one made of what it was; made: the names that are needed.
 */
export function listNeeded(above, code) {
  const statements = [...above, { cell: null, code }].flatMap(({ cell, code: text }, i) =>
    readStatements(text).map((statement, j) => ({ ...statement, cell, key: `${i} ${j} ${statement.text}` })));
  trace(statements);
  const wanted = new Set();
  const needed = statements.filter(({ cell }) => cell).reverse();
  const isWhole = statements.some(({ text }) => REACHES_ALL.test(text));
  const own = statements.slice(needed.length);
  const want = ({ takes }) => takes.forEach((version) => wanted.add(version));
  own.forEach(want);
  const found = needed.filter((statement) => {
    const { makes, changes } = statement;
    const made = [...makes.keys()].filter((version) => isWhole || wanted.has(version));
    if (!isWhole && !made.length && ![...changes].some((version) => wanted.has(version))) return false;
    statement.made = made.map((version) => makes.get(version)).filter(Boolean);
    want(statement);
    return true;
  });
  return { needed: found.reverse(), own, above: needed.reverse() };
}

/** Join statements, cell by cell: [cell, code]. */
export function joinByCell(statements) {
  const codes = new Map();
  for (const { cell, text } of statements) codes.set(cell, codes.has(cell) ? `${codes.get(cell)}\n${text}` : text);
  return [...codes];
}

/** List the names that code makes. */
export const listMade = (code) => [...trace(readStatements(code)).keys()];

function readStatements(code) {
  if (!read.has(code)) {
    const file = code.match(WRITE)?.[1];
    read.set(code, file ? [{ text: code, lines: [], file }] : splitStatements(code));
  }
  return read.get(code);
}

class Version {
  key = RANDOM; // its name, and the key of the statement that made it
  holds = new Set([this]); // what it may lead to
  shares = new Set([this]); // what it may share memory with
  code = null; // of a function or a class: {takes, changes, how, seeds}
  isImport = false;
  isLate = false; // it draws random numbers when it is used
}

/** Give statements the versions that they take, make and change; return each name's last one. */
function trace(statements) {
  const names = new Map([[RANDOM, new Version()]]);
  const known = new Map(); // of functions and methods
  const learners = new Set(statements.flatMap(({ lines }) => lines.flatMap(({ words }) => listLearners(words))));
  const random = () => names.get(RANDOM);

  function trace_(statement) {
    const takes = new Set(), makes = new Map(), changes = new Set();
    Object.assign(statement, { takes, makes, changes, made: [] });

    function take(name, seen = new Set()) {
      const version = names.get(name);
      if (!version || seen.has(name)) return;
      seen.add(name);
      version.holds.forEach((held) => takes.add(held));
      version.code?.takes.forEach((other) => take(other, seen));
      version.code?.changes.forEach(change);
      if (version.code?.seeds) make(RANDOM);
      for (const held of version.holds) {
        if (held !== version) held.code?.takes.forEach((other) => other === RANDOM || take(other, seen));
        if (held.isLate) [take, change].forEach((act) => act(RANDOM));
      }
    }

    function change(name, how = "changes") {
      const version = names.get(name);
      for (const held of (how === "changes" ? version?.shares : version?.holds) ?? []) {
        if (!held.isImport && !held.code && (how === "changes" || learners.has(held.name))) changes.add(held);
      }
    }

    function make(name, properties = {}, isUpdate = false) {
      const version = Object.assign(new Version(), { name, key: name === RANDOM ? name : `${name} ${statement.key}`, ...properties });
      makes.set(version, isUpdate ? null : name);
      names.set(name, version);
      return version;
    }

    function read(line, isSure) {
      const found = readLine(line.words, known);
      found.takes.forEach((name) => take(name));
      const taken = found.isCopy || found.isImport ? [] : [...found.takes].map((name) => names.get(name));
      const held = taken.filter((version) => version && !version.isImport && version !== random());
      for (const name of found.calls) {
        const { code, holds } = names.get(name) ?? { holds: [] };
        if (code) continue; // readLine knows
        for (const version of holds) if (version.code?.how) change(name, version.code.how);
      }
      found.learns.forEach((name) => change(name, "learns"));
      for (const name of found.changes) {
        if (!names.has(name) && name.includes(".")) make(name); // a file
        change(name);
        const version = names.get(name);
        if (version && found.sets.has(name)) changes.add(version); // torch.set_…, too
        if (version && !version.isImport && version !== random()) hold(version, held.filter(({ code }) => !code), found.isNew);
      }
      for (const name of found.makes) {
        const before = names.get(name);
        if (found.isImport && before?.isImport) continue; // it is there
        const version = make(name, { isImport: Boolean(found.isImport), isLate: found.isLate }, found.takes.has(name));
        hold(version, held, found.isNew);
        const isKept = before && name !== RANDOM && (!isSure || found.changes.has(name)); // as in "a += b"
        if (isKept) hold(version, [before], false), before.holds.forEach((each) => takes.add(each));
      }
    }

    if (statement.file) make(statement.file);
    const blocks = []; // the headers around a line
    for (let i = 0; i < statement.lines.length; i++) {
      const line = statement.lines[i];
      while (blocks.length && blocks.at(-1).indent >= line.indent) blocks.pop();
      const first = line.words[0][1];
      read(line, !blocks.some((block) => MAY_SKIP.test(block.words[0][1])));
      if (first === "def" || first === "class") {
        const body = takeBlock(statement.lines, i);
        names.get(line.words[1][1]).code = first === "def" ? readFunction([line, ...body], known, learners) : readClass(body, known, learners);
        i += body.length;
      } else blocks.push(line);
    }
  }

  for (const statement of statements) {
    try {
      trace_(statement);
    } catch {} // no Python, which says so itself when it runs
  }
  return names;
}

function hold(version, others, isNew) {
  for (const other of others) {
    other.holds.forEach((each) => version.holds.add(each));
    if (!isNew) other.shares.forEach((each) => version.shares.add(each));
  }
}

function takeBlock(lines, start) {
  const end = lines.findIndex(({ indent }, i) => i > start && indent <= lines[start].indent);
  return lines.slice(start + 1, end < 0 ? lines.length : end);
}

// What a call does: the names outside that it takes and changes, and whether it changes what it is given.
function readFunction(lines, known, learners) {
  const read = lines.map(({ words }) => readLine(words, known));
  const given = new Set(read.flatMap(({ params }) => [...params]));
  const local = new Set([...given, ...read.flatMap(({ makes }, i) => (i ? [...makes] : []))]);
  const takes = new Set(), changes = new Set();
  const roots = new Map(); // local name → the names it may hold
  const findRoots = (name) => roots.get(name) ?? [name];
  let how = null, seeds = false;
  for (const line of read.slice(1)) {
    if (line.makes.has(RANDOM)) seeds ||= !takes.has(RANDOM);
    for (const name of line.takes) if (!local.has(name) && !(seeds && name === RANDOM)) takes.add(name);
    const changed = [...line.changes].flatMap(findRoots);
    const learned = [...line.learns].flatMap(findRoots).filter((root) => learners.has(root));
    if (learned.some((root) => given.has(root))) how ??= "learns";
    for (const root of [...changed, ...learned]) {
      if (given.has(root)) how = changed.includes(root) ? "changes" : how;
      else if (!local.has(root) && !(seeds && root === RANDOM)) changes.add(root);
    }
    const held = line.isCopy ? [] : [...line.takes].flatMap(findRoots);
    for (const name of line.makes) roots.set(name, [...new Set([...held, ...(line.changes.has(name) ? findRoots(name) : [])])]);
  }
  const code = { takes, changes, how, seeds };
  known.set(lines[0].words[1][1], code);
  return code;
}

function readClass(lines, known, learners) {
  const takes = new Set(), changes = new Set();
  for (let i = 0; i < lines.length; i++) {
    const { words } = lines[i];
    if (words[0][1] !== "def") {
      readLine(words, known).takes.forEach((name) => takes.add(name));
      continue;
    }
    const method = words[1][1];
    const body = takeBlock(lines, i);
    const code = readFunction([lines[i], ...body], known, learners);
    if (method.startsWith("__")) code.how = null; // it fills what is new
    code.takes.forEach((name) => takes.add(name));
    code.changes.forEach((name) => changes.add(name));
    i += body.length;
  }
  return { takes, changes, how: null, seeds: false };
}
