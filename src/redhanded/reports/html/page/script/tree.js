'use strict';
// A body as a tree of lines, with what its contract finds wrong beside the value.

const FIRST_LINES = 60;
const MOST_LINES = 400;
const MOST_SIGNS = 400;
const DEEPEST = 20;

/**
 * @param {string} text
 * @param {boolean} isCut
 * @param {any[]} violations those of this body
 * @returns {HTMLElement[] | null} buttons and the tree; null where the text is no JSON
 */
function bodyTree(text, isCut, violations) {
  const root = parsedJson(text, isCut);
  if (!root) return null;
  const marks = marksOf(root, violations);
  openFirst(root);
  for (const value of marks.keys()) openAbove(value);
  const view = { root, marks, isJudged: marks.size > 0, most: MOST_LINES };
  const lines = h('tbody');
  const shown = h(
    'table',
    { class: 'tree' },
    h('caption', { class: 'unseen' }, 'Body, value by value'),
    treeHead(view),
    lines,
  );
  const redraw = () => drawLines(view, lines, redraw);
  redraw();
  const tools = h(
    'span',
    {},
    button('expand all', () => {
      openAll(root, true);
      redraw();
    }),
    ' ',
    button('collapse', () => {
      openAll(root, false);
      redraw();
    }),
  );
  tools.hidden = !root.items.length;
  return [tools, scrolling('Body as a tree', shown)];
}

/** @param {any} view */
function treeHead(view) {
  const heads = [
    h('th', { scope: 'col' }, 'value'),
    view.isJudged && h('th', { scope: 'col' }, 'contract'),
  ];
  return h('thead', { class: view.isJudged ? undefined : 'unseen' }, h('tr', {}, heads));
}

/**
 * What is wrong by value: its violations, and the names that it lacks.
 * @param {Value} root
 * @param {any[]} violations
 */
function marksOf(root, violations) {
  const marks = new Map();
  for (const violation of violations) {
    if (violation.pointer === null) continue;
    const { value, missing } = pointedAt(root, violation.pointer);
    const mark = marks.get(value) || { own: [], missing: [] };
    if (missing === null) mark.own.push(violation);
    else mark.missing.push([missing, violation]);
    marks.set(value, mark);
  }
  for (const [value, mark] of marks) if (mark.missing.length) value.isOpen = true;
  return marks;
}

/** Open what has room on the first look, the outermost first. @param {Value} root */
function openFirst(root) {
  const queue = [root];
  let lines = 1;
  for (
    let value = queue.shift();
    value && lines + value.items.length <= FIRST_LINES;
    value = queue.shift()
  ) {
    value.isOpen = true;
    lines += value.items.length;
    for (const item of value.items) if (item.items.length) queue.push(item);
  }
}

/** @param {Value} value */
function openAbove(value) {
  for (let above = value.parent; above; above = above.parent) above.isOpen = true;
}

/** @param {Value} root @param {boolean} isOpen */
function openAll(root, isOpen) {
  const left = [root];
  for (let value = left.pop(); value; value = left.pop()) {
    value.isOpen = isOpen || value === root;
    for (const item of value.items) left.push(item);
  }
}

/** @param {any} view @param {HTMLElement} into @param {() => void} redraw */
function drawLines(view, into, redraw) {
  const { lines, isMore } = openLines(view);
  fill(
    into,
    lines.map((line) => lineRow(view, line, into, redraw)),
  );
  if (isMore)
    put(
      into,
      h(
        'tr',
        {},
        h(
          'td',
          {},
          button(
            'show more lines',
            () => {
              view.most += MOST_LINES;
              redraw();
            },
            { class: 'plain' },
          ),
        ),
      ),
    );
}

/** The lines that are to be seen, in their order. @param {any} view */
function openLines(view) {
  const lines = [];
  const left = [{ value: view.root, depth: 0 }];
  for (let line = left.pop(); line; line = left.pop()) {
    if (lines.length >= view.most) return { lines, isMore: true };
    lines.push(line);
    if (!line.value?.isOpen) continue;
    const depth = line.depth + 1;
    const missing = (view.marks.get(line.value)?.missing || []).map((one) => ({
      missing: one,
      depth,
    }));
    const items = line.value.items;
    for (let place = missing.length - 1; place >= 0; place -= 1) left.push(missing[place]);
    for (let place = items.length - 1; place >= 0; place -= 1)
      left.push({ value: items[place], depth });
  }
  return { lines, isMore: false };
}

/** @param {any} view @param {any} line @param {HTMLElement} into @param {() => void} redraw */
function lineRow(view, line, into, redraw) {
  const found = line.missing ? [line.missing[1]] : view.marks.get(line.value)?.own || [];
  const isDim = found.length > 0 && found.every((one) => one.is_undeclared);
  const cell = h(
    'td',
    {},
    line.missing ? missingLine(line.missing) : valueLine(line.value, line.depth, into, redraw),
  );
  cell.style.setProperty('--depth', String(Math.min(line.depth, DEEPEST)));
  const row = h('tr', { class: found.length ? `bad${isDim ? ' dim' : ''}` : undefined }, cell);
  return view.isJudged ? put(row, h('td', { class: 'want' }, found.map(wanted))) : row;
}

/** @param {any[]} missing */
function missingLine([name]) {
  return [h('span', { class: 'key' }, JSON.stringify(name)), ': ', h('strong', {}, 'missing')];
}

/**
 * @param {Value} value
 * @param {number} depth
 * @param {HTMLElement} into
 * @param {() => void} redraw
 */
function valueLine(value, depth, into, redraw) {
  const key =
    value.key === null
      ? ''
      : [
          h(
            'span',
            { class: 'key' },
            typeof value.key === 'number' ? value.key : JSON.stringify(value.key),
          ),
          ': ',
        ];
  const level = depth > DEEPEST && h('span', { class: 'soft' }, `level ${depth} `);
  if (!value.items.length) return [level, key, leaf(value)];
  const name = `${value.isOpen ? 'collapse' : 'expand'} ${value.key ?? 'body'}`;
  const toggle = h('button', {
    type: 'button',
    class: 'toggle',
    'aria-expanded': String(value.isOpen),
    'aria-label': name,
    click: flip,
  });
  function flip() {
    const place = [...into.children].indexOf(toggle.closest('tr'));
    value.isOpen = !value.isOpen;
    redraw();
    into.children[place]?.querySelector('button')?.focus();
  }
  return [
    toggle,
    level,
    key,
    h(
      'span',
      { class: 'more' },
      value.kind === 'object' ? `{ ${value.items.length} }` : `[ ${value.items.length} ]`,
    ),
  ];
}

/** @param {Value} value */
function leaf(value) {
  if (value.kind === 'object') return '{}';
  if (value.kind === 'array') return '[]';
  if (value.kind === 'word') return h('span', { class: 'lit' }, value.text);
  return h('span', { class: 'str' }, '"', shortened(value.text), '"');
}

/** A long text as its beginning, and a button for the rest. @param {string} text */
function shortened(text) {
  if (text.length <= MOST_SIGNS) return text;
  const whole = h('span', {}, text.slice(0, MOST_SIGNS));
  const more = button(
    `… ${grouped(text.length - MOST_SIGNS)} more characters`,
    () => fill(whole, text),
    { class: 'plain' },
  );
  put(whole, more);
  return whole;
}

/** What should stand there, and where that is written. @param {any} violation */
function wanted(violation) {
  const text = violation.is_undeclared
    ? 'not declared'
    : violation.expected === 'required'
      ? 'required'
      : `want ${violation.expected}`;
  const rule =
    violation.rule && violation.rule !== violation.expected ? ` (${violation.rule})` : '';
  return h(
    'div',
    {},
    h('strong', {}, text),
    rule,
    violation.level === 'warning' && ' · warning',
    h('span', { class: 'src' }, violation.source),
  );
}
