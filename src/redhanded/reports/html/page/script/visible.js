'use strict';
// The one gate for text. Whatever was recorded is hostile: it comes into the page as text nodes
// alone, what would not be seen or would turn the line around is spelled out, and masks are told.

const INVISIBLE =
  '[\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180e' +
  '\\u200b-\\u200f\\u2028-\\u202f\\u205f-\\u206f\\u3164\\ufeff\\uffa0\\ufff0-\\ufffd]+' +
  '|(?:[\\ud800-\\udbff](?![\\udc00-\\udfff]))+|(?:(?<![\\ud800-\\udbff])[\\udc00-\\udfff])+|(?:\\udb40[\\udc00-\\udfff])+';
const MASK = 'masked_[A-Za-z0-9_]{1,40}?_[0-9]{1,9}chars';
const MASK_PARTS = /^masked_(.+)_([0-9]+)chars$/;
const TELLING = new RegExp(`${INVISIBLE}|${MASK}`, 'g');
const HIDDEN = new RegExp(INVISIBLE, 'g');
const MOST_PIECES = 2000;

/**
 * Characters that cannot be seen, as escapes: `\x1b`, `\u202e`.
 * @param {string} characters
 */
function escaped(characters) {
  return characters.replace(/[^]/g, (one) => {
    const code = one.charCodeAt(0);
    return code < 256
      ? `\\x${code.toString(16).padStart(2, '0')}`
      : `\\u${code.toString(16).padStart(4, '0')}`;
  });
}

/**
 * The text for an attribute or an option: escapes and masks as plain words.
 * @param {unknown} text
 */
function plain(text) {
  return String(text).replace(TELLING, (found) =>
    isMask(found) ? maskWords(found) : escaped(found),
  );
}

/** @param {string} found */
function isMask(found) {
  return MASK_PARTS.test(found);
}

/** @param {string} found */
function maskWords(found) {
  const [, name, length] = MASK_PARTS.exec(found);
  return `${name} · ${length} chars`;
}

/**
 * The text as nodes, with escapes and masks in elements of their own.
 * @param {string} text
 * @returns {Node[]}
 */
function visible(text) {
  const found = [...text.matchAll(TELLING)];
  if (!found.length) return [document.createTextNode(text)];
  if (found.length > MOST_PIECES) return [document.createTextNode(plain(text))];
  const nodes = [];
  let shown = 0;
  for (const one of found) {
    if (one.index > shown) nodes.push(document.createTextNode(text.slice(shown, one.index)));
    nodes.push(special(one[0]));
    shown = one.index + one[0].length;
  }
  if (shown < text.length) nodes.push(document.createTextNode(text.slice(shown)));
  return nodes;
}

/** @param {string} found */
function special(found) {
  const span = document.createElement('span');
  span.className = isMask(found) ? 'mask' : 'esc';
  span.textContent = isMask(found) ? maskWords(found) : escaped(found);
  if (isMask(found)) span.title = 'a secret of this name stood here';
  return span;
}
