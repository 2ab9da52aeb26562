'use strict';
// JSON as it was sent: numbers keep their digits, names that stand twice are both there, and no
// depth is too deep, as nothing here calls itself.

const TOKEN = /\s*(?:([{}[\],:])|"([^"\\]*(?:\\[^][^"\\]*)*)("|$)|([^\s{}[\],:"]+))/y;

/**
 * A value in a body.
 * @typedef {{ key: string | number | null, kind: string, text: string, items: any[],
 *   parent: any, isOpen: boolean }} Value
 */

/**
 * The root of the tree; null where the text is no JSON. Of one that was cut, as far as it goes.
 * @param {string} text
 * @param {boolean} isCut
 * @returns {Value | null}
 */
function parsedJson(text, isCut) {
  if (!isCut && !isJson(text)) return null;
  const holder = valueOf(null, 'array', '', null);
  let inside = holder;
  let key = null;
  for (const token of tokensOf(text)) {
    if (token.isKey) key = unquoted(token.text);
    else if (token.text === '}' || token.text === ']')
      inside = token.isSign && inside.parent ? inside.parent : inside;
    else {
      const added = valueOf(
        inside.kind === 'object' ? key : inside.items.length,
        token.kind,
        token.text,
        inside,
      );
      inside.items.push(added);
      if (token.isSign) inside = added;
    }
  }
  const root = holder.items[0] || null;
  if (root) Object.assign(root, { parent: null, key: null });
  return root;
}

/** @param {string} text */
function isJson(text) {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/**
 * @param {string | number | null} key
 * @param {string} kind
 * @param {string} text
 * @param {Value | null} parent
 * @returns {Value}
 */
function valueOf(key, kind, text, parent) {
  return { key, kind, text, items: [], parent, isOpen: false };
}

/** Signs, keys and values in their order; colons and commas are left out. @param {string} text */
function* tokensOf(text) {
  TOKEN.lastIndex = 0;
  let last = null;
  for (let found = TOKEN.exec(text); found; found = TOKEN.exec(text)) {
    const [, mark, string, end, word] = found;
    if (mark === ':') {
      if (last) last.isKey = true;
      continue;
    }
    if (last) yield last;
    if (mark === ',') last = null;
    else if (mark)
      last = { text: mark, kind: mark === '{' ? 'object' : 'array', isSign: true, isKey: false };
    else if (string !== undefined)
      last = { text: string + (end ? '' : '…'), kind: 'string', isSign: false, isKey: false };
    else last = { text: word, kind: 'word', isSign: false, isKey: false };
  }
  if (last) yield last;
}

/** @param {string} text */
function unquoted(text) {
  try {
    return JSON.parse(`"${text}"`);
  } catch {
    return text;
  }
}

/**
 * Where a JSON Pointer leads: the value, or the nearest one above and the name that it lacks.
 * @param {Value} root
 * @param {string} pointer
 * @returns {{ value: Value, missing: string | null }}
 */
function pointedAt(root, pointer) {
  let value = root;
  for (const step of pointer.split('/').slice(1)) {
    const name = step.replace(/~1/g, '/').replace(/~0/g, '~');
    const next =
      value.kind === 'array'
        ? value.items[Number(name)]
        : value.items.findLast((one) => one.key === name);
    if (!next) return { value, missing: name };
    value = next;
  }
  return { value, missing: null };
}
