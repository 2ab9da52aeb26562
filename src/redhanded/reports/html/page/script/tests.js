'use strict';
// All tests: a table of which only the rows in sight are in the page.

const COLUMNS = [
  ['kind', 'Verdict', 'c-kind'],
  ['test', 'Test', ''],
  ['route', 'Endpoint', 'c-route'],
  ['attempts', 'Attempts', 'c-num c-att'],
  ['took', 'Took', 'c-num'],
  ['worker', 'Worker', 'c-worker'],
  ['past', 'Last 30 runs', 'c-past'],
];
const FEWEST_COLUMNS = 3; // on a narrow screen
const BEYOND = 8; // rows kept above and below those in sight
const MOST_PRINTED = 2000;
/** What of the list is in the page. */
const list = { order: [], here: -1, rows: new Map(), body: null, rowHeight: 30, isWhole: false };

function showTestsSection() {
  const section = sectionOf('tests', 'Tests');
  list.body = h('tbody');
  const heads = h('tr', {}, COLUMNS.map(headOf));
  const shown = h(
    'table',
    { id: 'rows' },
    h('caption', { class: 'unseen' }, 'Tests of the run'),
    h('thead', {}, heads),
    list.body,
  );
  const box = h(
    'div',
    {
      id: 'list',
      role: 'group',
      'aria-label': 'Rows of tests',
      tabindex: 0,
      scroll: () => requestAnimationFrame(drawRows),
    },
    shown,
  );
  put(
    section,
    kindChips(),
    filterFields(),
    h('p', { id: 'count', class: 'lead', 'aria-live': 'polite' }),
    box,
  );
  window.addEventListener('resize', () => requestAnimationFrame(drawAnew));
  window.addEventListener('beforeprint', () => printed(true));
  window.addEventListener('afterprint', () => printed(false));
  showTests();
}

/** @param {string[]} column */
function headOf([key, name, kind]) {
  if (key === 'past') return h('th', { scope: 'col', class: kind }, name);
  return h(
    'th',
    { scope: 'col', class: kind || undefined, 'aria-sort': 'none', 'data-sort': key },
    button(name, () => sortBy(key)),
  );
}

/** @param {string} key */
function sortBy(key) {
  turnTo({ s: state.s === key ? `-${key}` : state.s === `-${key}` ? '' : key });
}

/** Show the tests that the state wants, from the first one. */
function showTests() {
  for (const [id, key] of [
    ['f-q', 'q'],
    ['f-e', 'e'],
    ['f-w', 'w'],
  ]) {
    const field = byId(id);
    if (field.value !== state[key]) field.value = state[key];
  }
  const kinds = new Set(state.v.split(','));
  for (const chip of byId('f-kinds').children)
    chip.setAttribute('aria-pressed', String(kinds.has(chip.getAttribute('data-kind') || '')));
  for (const head of document.querySelectorAll('#rows th[data-sort]'))
    head.setAttribute('aria-sort', sortWord(head.getAttribute('data-sort')));
  list.order = chosenPlaces();
  list.here = -1;
  byId('list').scrollTop = 0;
  fill(byId('count'), countWords());
  byId('f-clear').hidden = !(state.q || state.v || state.e || state.w || state.g);
  drawAnew();
}

/** @param {string | null} key */
function sortWord(key) {
  return state.s === key ? 'ascending' : state.s === `-${key}` ? 'descending' : 'none';
}

function countWords() {
  const [count, all] = [list.order.length, run.rows.id.length];
  const group = state.g && run.groups[Number(state.g)];
  const why = group ? ` of one failure: ${group.headline}` : '';
  if (!all) return 'No test ran.';
  return count === all
    ? `${many(all, 'test')}${state.s ? '' : ', the worst first'}`
    : `${grouped(count)} of ${many(all, 'test')}${why}`;
}

function drawAnew() {
  list.rowHeight =
    parseFloat(getComputedStyle(document.documentElement).getPropertyValue('--row')) || 30;
  list.rows.clear();
  list.body.replaceChildren();
  byId('rows').setAttribute('aria-rowcount', String(list.order.length + 1));
  drawRows();
}

/** The first and the last row that are to be in the page. */
function rowsInSight() {
  if (list.isWhole) return [0, Math.min(list.order.length, MOST_PRINTED)];
  const box = byId('list');
  const first = Math.max(0, Math.floor(box.scrollTop / list.rowHeight) - BEYOND);
  return [
    first,
    Math.min(
      list.order.length,
      first + Math.ceil((box.clientHeight || 600) / list.rowHeight) + 2 * BEYOND,
    ),
  ];
}

function drawRows() {
  const [first, last] = rowsInSight();
  const wanted = [];
  const kept = new Map();
  for (let number = first; number < last; number += 1) {
    const row = list.rows.get(number) || testRow(number);
    kept.set(number, row);
    wanted.push(row);
  }
  for (const [number, row] of list.rows) if (!kept.has(number)) row.remove();
  list.rows = kept;
  const below = list.isWhole ? 0 : list.order.length - last;
  arrange([gap('above', list.isWhole ? 0 : first), ...wanted, gap('below', below)]);
  if (!list.order.length && run.rows.id.length)
    list.body.replaceChildren(
      h(
        'tr',
        {},
        h('td', { colspan: FEWEST_COLUMNS }, 'No test fits. Clear the filters to see all.'),
      ),
    );
}

/**
 * Put the rows into the body in this order, moving none that stands where it should.
 * @param {HTMLElement[]} wanted
 */
function arrange(wanted) {
  wanted.forEach((row, place) => {
    if (list.body.children[place] !== row)
      list.body.insertBefore(row, list.body.children[place] || null);
  });
  while (list.body.children.length > wanted.length) list.body.lastChild.remove();
}

/** @param {string} where @param {number} rows */
function gap(where, rows) {
  const known = list.body.querySelector(`.gap[data-where="${where}"]`);
  const row =
    known || h('tr', { class: 'gap', 'aria-hidden': 'true', 'data-where': where }, h('td'));
  row.firstChild.style.height = `${rows * list.rowHeight}px`;
  return row;
}

/** @param {number} number among the rows that are shown */
function testRow(number) {
  const place = list.order[number];
  const { rows } = run;
  const name = nameAt(place);
  const link = h(
    'a',
    {
      href: `#${address({ t: rows.id[place] })}`,
      title: name,
      focus: () => {
        list.here = number;
      },
    },
    said(rows.file[place]) && h('span', { class: 'soft file' }, `${said(rows.file[place])}::`),
    rows.test[place],
    rows.beside.includes(place) && [' ', h('span', { class: 'tag' }, 'on the run as a whole')],
  );
  return h(
    'tr',
    {
      'aria-rowindex': number + 2,
      'data-test': rows.id[place],
      class: number === list.here ? 'here' : undefined,
    },
    h('td', { class: 'c-kind' }, badge(kindAt(place))),
    h('th', { scope: 'row' }, link),
    h('td', { class: 'c-route mono', title: said(rows.route[place]) }, said(rows.route[place])),
    h(
      'td',
      { class: 'c-num c-att' },
      rows.attempts[place] > rows.calls[place]
        ? `${rows.attempts[place]} (${many(rows.calls[place], 'call')})`
        : rows.attempts[place],
    ),
    h('td', { class: 'c-num' }, lasted(rows.took[place])),
    h('td', { class: 'c-worker' }, processAt(place)),
    h('td', { class: 'c-past' }, sparkline(rows.past[place])),
  );
}

/** Go to a row of the list and give it the focus. @param {number} number */
function goToRow(number) {
  if (!list.order.length) return;
  const before = list.rows.get(list.here);
  list.here = Math.min(Math.max(number, 0), list.order.length - 1);
  before?.classList.remove('here');
  const box = byId('list');
  const top = list.here * list.rowHeight;
  if (top < box.scrollTop) box.scrollTop = top;
  else if (top + 2 * list.rowHeight > box.scrollTop + box.clientHeight - 30)
    box.scrollTop = top + 2 * list.rowHeight - box.clientHeight + 30;
  drawRows();
  const row = list.rows.get(list.here);
  row?.classList.add('here');
  row?.querySelector('a')?.focus({ preventScroll: true });
  byId('list').scrollIntoView({ block: 'nearest' });
}

/** The next row from there on whose test is red; -1 where there is none. @param {number} from */
function nextFailure(from) {
  const number = list.order.findIndex((place, at) => at > from && kindOf(kindAt(place)).isRed);
  return number;
}

/**
 * Paper has no window: lay all rows out, as many as make sense, and take them back.
 * @param {boolean} isWhole
 */
function printed(isWhole) {
  list.isWhole = isWhole;
  drawRows();
}
