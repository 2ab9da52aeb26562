'use strict';
// What of the tests is shown, and in which order. The state lies in the address behind `#`, so that
// a link opens the same view: `#v=defect,drift&e=GET /orders&w=gw0&g=2&q=text&s=-took&t=ID`.

const EMPTY = { q: '', v: '', e: '', w: '', g: '', s: '', t: '' };
let state = { ...EMPTY };
/** @type {string[]} what a search looks into, by place, made on the first search */
let haystack = [];
const collator = new Intl.Collator('en', { numeric: true });

/** The state as the address has it; null where it names a section, not a state. */
function readAddress() {
  const hash = location.hash.slice(1);
  if (hash && !hash.includes('=')) return null;
  const given = new URLSearchParams(hash);
  return Object.fromEntries(Object.keys(EMPTY).map((key) => [key, given.get(key) || '']));
}

/**
 * @param {Partial<typeof EMPTY>} changes
 * @returns {string} the hash of the state with these changes
 */
function address(changes) {
  const given = new URLSearchParams();
  for (const [key, value] of Object.entries({ ...state, ...changes }))
    if (value) given.set(key, value);
  return given.toString().replace(/%2C/g, ',').replace(/%2F/g, '/') || 'v=';
}

/**
 * Take on another state: a new entry of the browser's history only where a test is opened.
 * @param {Partial<typeof EMPTY>} changes
 */
function turnTo(changes) {
  const next = `#${address(changes)}`;
  if (changes.t !== undefined) location.hash = next;
  else {
    history.replaceState(null, '', next);
    state = { ...state, ...changes };
    showTests();
  }
}

/** @param {string} kind */
function flipKind(kind) {
  const chosen = new Set(state.v.split(',').filter(Boolean));
  if (!chosen.delete(kind)) chosen.add(kind);
  turnTo({ v: [...chosen].join(',') });
}

/** The places of the tests that are shown, in their order. */
function chosenPlaces() {
  const tests = wantedBy();
  const order = [];
  for (let place = 0; place < run.rows.id.length; place += 1)
    if (tests.every((fits) => fits(place))) order.push(place);
  return order.sort(comparison());
}

/** @returns {((place: number) => boolean)[]} */
function wantedBy() {
  const { rows } = run;
  const kinds = new Set(state.v.split(',').filter(Boolean));
  const words = state.q.toLowerCase().split(/\s+/).filter(Boolean);
  const route = run.words.indexOf(state.e);
  const group = new Set(run.groups[Number(state.g)]?.tests);
  if (words.length && !haystack.length) haystack = rows.id.map((id, place) => searched(id, place));
  return [
    kinds.size ? (place) => kinds.has(kindAt(place)) : null,
    state.e ? (place) => rows.route[place] === route : null,
    state.w ? (place) => processAt(place) === state.w : null,
    state.g ? (place) => group.has(place) : null,
    words.length ? (place) => words.every((word) => haystack[place].includes(word)) : null,
  ].filter((fits) => fits);
}

/** @param {string} id @param {number} place */
function searched(id, place) {
  const { rows } = run;
  const parts = [
    id,
    nameAt(place),
    said(rows.route[place]),
    said(rows.code[place]),
    kindOf(kindAt(place)).word,
    rows.headline[place] || '',
  ];
  return parts.join('\n').toLowerCase();
}

/** @param {number} place */
function processAt(place) {
  const process = run.health.processes[run.rows.process[place]];
  return process ? processName(process) : '';
}

/** @returns {(one: number, other: number) => number} */
function comparison() {
  const key = state.s.replace(/^-/, '');
  const way = state.s.startsWith('-') ? -1 : 1;
  const { rows } = run;
  const ranks = rows.kind.map((word) => RANKS.get(said(word) || 'pass') ?? 99);
  const texts = { test: nameAt, route: (place) => said(rows.route[place]), worker: processAt };
  const numbers = { kind: ranks, attempts: rows.attempts, took: rows.took };
  const names = key in texts && rows.id.map((_, place) => texts[key](place));
  if (names) return (one, other) => way * collator.compare(names[one], names[other]) || one - other;
  const column = numbers[key] || ranks;
  return (one, other) => way * (column[one] - column[other]) || one - other;
}
