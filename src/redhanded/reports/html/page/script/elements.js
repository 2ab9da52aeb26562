'use strict';
// Elements are made here and nowhere else; nothing of the data is ever read as markup.

const SVG = 'http://www.w3.org/2000/svg';
const widths = new ResizeObserver((changes) => {
  for (const { target } of changes)
    target.toggleAttribute('tabindex', target.scrollWidth > target.clientWidth + 1) &&
      target.setAttribute('tabindex', '0');
});
const SAFE_LINK = /^https?:\/\//i;
const NEAR_LINK = /^(?![a-z][a-z0-9+.-]*:)(?!\/)[^\\]+$/i;

/**
 * An element with attributes and children; functions are listeners, texts pass the gate.
 * @param {string} tag
 * @param {Record<string, any>} [attributes]
 * @param {...any} children
 * @returns {HTMLElement}
 */
function h(tag, attributes, ...children) {
  return furnished(document.createElement(tag), attributes, children);
}

/**
 * The same of SVG.
 * @param {string} tag
 * @param {Record<string, any>} [attributes]
 * @param {...any} children
 */
function s(tag, attributes, ...children) {
  return furnished(document.createElementNS(SVG, tag), attributes, children);
}

/**
 * @param {any} element
 * @param {Record<string, any> | undefined} attributes
 * @param {any[]} children
 */
function furnished(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === undefined || value === null || value === false) continue;
    if (typeof value === 'function') element.addEventListener(name, value);
    else element.setAttribute(name, value === true ? '' : plain(value));
  }
  return put(element, ...children);
}

/**
 * The element with more children; false, null and undefined are none.
 * @param {any} element
 * @param {...any} children
 */
function put(element, ...children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    if (child instanceof Node) element.append(child);
    else element.append(...visible(String(child)));
  }
  return element;
}

/** @param {any} element @param {...any} children */
function fill(element, ...children) {
  element.replaceChildren();
  return put(element, ...children);
}

/** @param {string} id @returns {HTMLElement} */
function byId(id) {
  return document.getElementById(id);
}

/**
 * A link to what was recorded: only http and https are links, all else is text.
 * @param {string} url
 * @param {any} text
 */
function outward(url, text) {
  return SAFE_LINK.test(url)
    ? h('a', { href: url, rel: 'noreferrer noopener', target: '_blank' }, text)
    : h('span', {}, text);
}

/** A link to a file beside the page. @param {string} href @param {string} text */
function nearby(href, text) {
  return NEAR_LINK.test(href) ? h('a', { href: encodeURI(href) }, text) : h('span', {}, text);
}

/** A link within the page. @param {string} hash @param {...any} text */
function inward(hash, ...text) {
  return h('a', { href: `#${hash}` }, ...text);
}

/** @param {any} text @param {() => void} act @param {Record<string, any>} [more] */
function button(text, act, more) {
  return h('button', { type: 'button', click: act, ...more }, text);
}

/**
 * A table with a caption for those who cannot see it, in a region that scrolls by keys too.
 * @param {string} caption
 * @param {any[]} heads texts, or texts with a class
 * @param {any[]} rows
 * @param {Record<string, any>} [more]
 */
function table(caption, heads, rows, more) {
  const columns = heads.map((head) => (Array.isArray(head) ? head : [head, '']));
  const top = h(
    'thead',
    {},
    h(
      'tr',
      {},
      columns.map(([text, kind]) => h('th', { scope: 'col', class: kind || undefined }, text)),
    ),
  );
  const whole = h(
    'table',
    more,
    h('caption', { class: 'unseen' }, caption),
    top,
    h('tbody', {}, rows),
  );
  return scrolling(caption, whole);
}

/**
 * A box of its own width, in the way of Tab only while there is more than it shows.
 * @param {string} name
 * @param {HTMLElement} content
 */
function scrolling(name, content) {
  const box = h('div', { class: 'scroll', role: 'group', 'aria-label': name }, content);
  widths.observe(box);
  return box;
}

/** @param {string} name @param {any} value @param {boolean} [isWide] */
function fact(name, value, isWide) {
  return h('div', { class: isWide ? 'wide' : undefined }, h('dt', {}, name), h('dd', {}, value));
}

/** Say something to who cannot see it. @param {string} text */
function say(text) {
  fill(byId('status'), text);
}

/**
 * The items as far as they are few, and a button that shows the rest.
 * @template T
 * @param {T[]} items
 * @param {number} most
 * @param {(item: T) => Node} shown
 * @param {HTMLElement} into
 */
function some(items, most, shown, into) {
  let done = 0;
  const more = button('', show, { class: 'plain' });
  function show() {
    const from = done;
    done = Math.min(items.length, done + (from ? most * 5 : most));
    const nodes = items.slice(from, done).map(shown);
    into.append(...nodes);
    if (from) nodes[0]?.querySelector?.('a, button')?.focus();
    fill(more, `show ${Math.min(items.length - done, most * 5)} of ${items.length - done} more`);
    more.hidden = done === items.length;
  }
  show();
  return [into, more];
}
