// Rewrites Python that MicroPython does not know, or knows otherwise, into Python that it does.
// Lines stay where they are, so that an error names the reader's own line.
//
//   {a: b, **c}   __dict((a, b), c)     MicroPython's own dict forgets the order
//   [*a, b]       __list(*a, b)         also {*a}, (*a, b)
//   x[a:b:c]      __step(x, a, b, c)    a list's slice takes no step
//   f"{x:.2f}"    "".join((__write(x, ".2f"),))   its format() asks no tensor and rounds halves up
//   def f(a, /)   def f(a)
//   name: type    name = __field()      in a dataclass or a NamedTuple: annotations are not kept
//   x.ljust(5)    __method(x, "ljust")(5): a str has no such method
//   x.sort()      __method(x, "sort")()   a list's compares no tensors and does not keep equals in order
//   "%f" % x      __percent("%f") % x     a str takes no tensors
//   x *= y        x = __inplace(x, "mul", (y)): it knows += and -= alone
//   float(x)      __float(x)       a tensor with a __float__ would be a float in 2.0 * tensor
//   str(x)        __str(x)         an error's words are CPython's
//   list(x)       __list_of(x)     also tuple(x): release.js does not see a list that C is filling
//   import math   import _math as math  which has more
//   f.__doc__     getattr(f, "__doc__", None): nor a function such an attribute

import { first, is, isBlank, isEmpty, isPrimary, readGroup, sourceOf, split, tokenize } from "./tokens.js";

const LACKING = new Set("casefold capitalize format ljust removeprefix removesuffix rjust sort splitlines title zfill".split(" "));
const IN_PLACE = { "*=": "mul", "/=": "truediv", "&=": "and", "|=": "or", "^=": "xor", "**=": "pow" };
const MADE = { float: "__float", str: "__str", list: "__list_of", tuple: "__tuple_of" };

/** Rewrite a module's or a cell's source; one that cannot be read stays, for Python to judge. */
export function lower(source) {
  try {
    return lowerFields(emit(readGroup(tokenize(source), { at: 0 }, null), true));
  } catch (error) {
    if (error instanceof SyntaxError) return source;
    throw error;
  }
}

function emit(items, isTop = false) {
  const out = [];
  let start = 0; // of the primary that is being written, in `out`
  let before = null; // the last item that is not blank, and the one before it
  let earlier = null;
  let open = ""; // what closes a call that reaches to the end of the line
  let line = 0; // where in `out` the statement begins
  const put = (text) => out.push(/\w$/.test(out.at(-1) ?? "") && /^\w/.test(text) ? ` ${text}` : text); // return{**a}
  for (let at = 0; at < items.length; at++) {
    const item = items[at];
    if (isBlank(item)) {
      if (item.kind !== "space") open = void out.push(open) || "";
      out.push(item.text);
      if (isTop && item.kind === "newline") {
        before = earlier = null;
        line = out.length;
      }
      continue;
    }
    const isTrailer = before !== null && isPrimary(before) && item.kind === "group" && item.open !== "{";
    if (!isTrailer && !is(item, ".") && !is(before, ".")) start = out.length;
    if (item.kind === "string") {
      const strings = [item];
      for (let next = at + 1; next < items.length; next++) {
        if (items[next].kind === "string") {
          strings.push(...items.slice(at + 1, next + 1));
          at = next;
        } else if (!isBlank(items[next]) || (isTop && items[next].kind === "newline")) break;
      }
      const text = emitStrings(strings);
      put(is(first(items.slice(at + 1)), "%") ? `__percent(${text})` : text);
    } else if (is(before, ".") && isMissing(item, items, at)) {
      const owner = out.slice(start, out.lastIndexOf(".")).join("");
      const call = LACKING.has(item.text) ? `__method(${owner}, "${item.text}")` : `getattr(${owner}, "${item.text}", None)`;
      out.splice(start, out.length, call);
    } else if (is(item, "math") && (is(before, "from") || (is(before, "import") && earlier === null))) {
      const isNamed = is(before, "from") || is(first(items.slice(at + 1)), "as");
      out.push(isNamed ? "_math" : "_math as math");
    } else if (item.kind !== "group") {
      const inPlace = isTop && IN_PLACE[item.text];
      if (inPlace) {
        const target = out.slice(line).join("");
        out.push(`= __inplace(${target.trim()}, "${inPlace}", (`);
        open += "))";
      } else out.push(is(item, "dict") && is(items[at + 1], ".") && !is(before, ".") ? "__Dict" : item.text);
      if (isTop && (is(item, ";") || is(item, ":"))) {
        if (is(item, ";")) open = void out.splice(-1, 1, `${open};`) || "";
        line = out.length;
      }
      if (isTop && (inPlace || ["return", "yield", "="].some((text) => is(item, text))) && hasStar(items, at)) {
        out.push(" __tuple(");
        open = `)${open}`;
      }
    } else if (isTrailer && item.open === "[") {
      const bounds = split(item.items, ":");
      const isOne = bounds.length === 3 && split(item.items, ",").length === 1;
      if (isOne && !isTarget(items.slice(at + 1))) {
        const given = bounds.map((bound) => (isEmpty(bound) ? "None" : emit(bound)));
        out.splice(start, out.length, `__step(${out.slice(start).join("")}, ${given.join(", ")})`);
      } else out.push(`[${emit(item.items)}]`);
    } else if (isTrailer && is(before, "dict") && !is(earlier, "def") && start === out.length - 1) {
      out.splice(start, 1, emitDictCall(item.items));
    } else if (isTrailer && MADE[before.text] && before.kind === "name" && !is(earlier, "def") && start === out.length - 1) {
      out.splice(start, 1, `${MADE[before.text]}(${emit(item.items)})`);
    } else if (isTrailer) {
      const isDefinition = is(earlier, "def");
      const parts = split(item.items, ",").filter((part) => !(isDefinition && is(first(part), "/")));
      out.push(`(${parts.map((part) => emit(part)).join(",")})`);
    } else put(emitDisplay(item));
    [earlier, before] = [before, item];
  }
  return out.join("") + open;
}

// whether a line goes on as a tuple that holds *values
function hasStar(items, at) {
  let before = items[at];
  for (let next = at + 1; next < items.length && items[next].kind !== "newline"; next++) {
    if (is(items[next], "lambda")) return false;
    if (is(items[next], "*") && (before === items[at] || is(before, ","))) return true;
    if (!isBlank(items[next])) before = items[next];
  }
  return false;
}

function isMissing({ text }, items, at) {
  if (LACKING.has(text)) return items[at + 1]?.open === "(";
  return (text === "__doc__" || text === "__module__") && !isTarget(items.slice(at + 1));
}
const isTarget = (rest) => /^([-+*/%@&|^]|\*\*|\/\/)?=$/.test(first(rest)?.text);

function emitDisplay({ open, close, items }) {
  const parts = split(items, ",");
  const place = items.findIndex((item) => is(item, "for")); // of a comprehension
  const isStarred = place < 0 && parts.some((part) => is(first(part), "*"));
  const isDict = isEmpty(items) || is(first(items), "**") || split(parts[0], ":").length > 1;
  if (open !== "{" || !isDict) {
    const make = { "[": "__list", "(": "__tuple", "{": "__set" }[open];
    return isStarred ? `${make}(${emit(items)})` : open + emit(items) + close;
  }
  if (place >= 0) {
    return `__dict_of([${emitPair(items.slice(0, place))} ${emit(items.slice(place))}])`;
  }
  return `__dict(${parts.map(emitEntry).join(",")})`;
}

function emitEntry(part) {
  if (isEmpty(part)) return emit(part);
  if (is(first(part), "**")) return emit(part).replace("**", "");
  return emitPair(part);
}

function emitPair(items) {
  const parts = split(items, ":");
  if (parts.length !== 2 || parts.some(isEmpty)) throw new SyntaxError("expected key: value");
  return `(${parts.map((part) => emit(part)).join(",")})`;
}

// dict(a=1, b=2) keeps its order, too
function emitDictCall(items) {
  const parts = split(items, ",");
  const isNamed = (part) => isEmpty(part) || (split(part, "=").length === 2 && !split(part, "=").some(isEmpty));
  if (!parts.every(isNamed)) return `__dict_of(${emit(items)})`;
  const pairs = parts.map((part) => {
    if (isEmpty(part)) return emit(part);
    const [name, value] = split(part, "=");
    return `("${emit(name).trim()}",${emit(value)})`;
  });
  return `__dict(${pairs.join(",")})`;
}

const STRING = /^([a-zA-Z]*)("""|'''|"|')([^]*)\2$/;

function emitStrings(strings) {
  const isFormatted = (item) => item.kind === "string" && /^[a-zA-Z]*[fF]/.test(item.text.slice(0, 2).replace(/["'].*/, ""));
  if (!strings.some(isFormatted)) return strings.map((item) => item.text).join("");
  const parts = strings.map((item) => {
    if (isFormatted(item)) return emitFormatted(item.text);
    return item.kind === "string" ? `${item.text}, ` : item.text.replace(/#.*/, "");
  });
  return `"".join((${parts.join("")}))`;
}

// "text", __write(value, "spec"), …
function emitFormatted(text) {
  const [, prefix, quote, body] = STRING.exec(text);
  const mark = prefix.replace(/[fF]/, "");
  let out = "", literal = "", at = 0;
  const quoted = (words) => `${mark}${quote}${words}${quote}`;
  while (at < body.length) {
    const two = body.slice(at, at + 2);
    if (two === "{{" || two === "}}") {
      literal += two[0];
      at += 2;
    } else if (body[at] === "{") {
      const end = findEnd(body, at);
      out += `${quoted(literal)}, ${emitField(body.slice(at + 1, end), quoted)}, `;
      literal = "";
      at = end + 1;
    } else literal += body[at++];
  }
  return out + (literal ? `${quoted(literal)}, ` : "");
}

function findEnd(body, start) {
  let depth = 0;
  for (let at = start; at < body.length; at++) {
    if ("{[(".includes(body[at])) depth += 1;
    if ("}])".includes(body[at]) && (depth -= 1) === 0) return at;
  }
  throw new SyntaxError("expected }");
}

function emitField(field, quoted) {
  const items = readGroup(tokenize(field), { at: 0 }, null);
  let [head, ...rest] = split(items, ":");
  let spec = rest.length ? field.slice(field.length - sourceOf(rest).length) : "";
  const place = head.findIndex((item, at) => is(item, "!") && at > 0);
  const conversion = place >= 0 ? sourceOf([head.slice(place + 1)]).trim() : "";
  if (place >= 0) head = head.slice(0, place);
  let label = "";
  if (is(head.filter((item) => !isBlank(item)).at(-1), "=")) {
    label = `${quoted(sourceOf([head]))}, `;
    head = head.slice(0, head.findLastIndex((item) => is(item, "=")));
  }
  const call = conversion || (label && !spec ? "r" : "");
  const value = call ? `${call === "s" ? "str" : "repr"}(${emit(head)})` : emit(head);
  spec = spec.includes("{") ? `"".join((${emitFormatted(`f${quoted(spec)}`)}))` : quoted(spec);
  return `${label}__write(${value}, ${spec})`;
}

// In a class that is a dataclass or a NamedTuple, `name: type = value` becomes a field.
function lowerFields(source) {
  let inside = -1, body = null; // the indentation of such a class and of what it holds
  let isData = false; // a decorator above says so
  return source
    .split("\n")
    .map((line) => {
      const indent = line.search(/\S/);
      if (indent < 0) return line;
      if (indent <= inside && !/^\s*[)\]}]/.test(line)) inside = -1;
      if (/^\s*@dataclass\b/.test(line)) isData = true;
      else if (/^\s*class\b/.test(line)) {
        if (isData || /\(\s*(typing\.)?NamedTuple\s*\)/.test(line)) [inside, body] = [indent, null];
        isData = false;
      } else if (inside >= 0) body ??= indent;
      const found = inside >= 0 && indent === body && /^(\s+)(\w+)\s*:\s*([^=]+?)(?:\s*=\s*(.*?))?(\s*#.*)?$/.exec(line);
      return found ? `${found[1]}${found[2]} = __field(${found[4] ?? ""})` : line;
    })
    .join("\n");
}
