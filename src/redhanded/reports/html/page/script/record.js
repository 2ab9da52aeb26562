'use strict';
// The data of the run: the index in whole, details of tests by chunk when they are asked for.

/** @type {any} the index, once it is read */
let run = null;
/** @type {Map<string, number>} */
const places = new Map();
/** @type {Map<number, Promise<any>>} the chunks that were opened last */
const opened = new Map();
const MOST_OPENED = 6;
const PHASES = ['pool', 'dns', 'connect', 'tls', 'send', 'wait', 'read'];
const PHASE_WORDS = ['pool', 'DNS', 'connect', 'TLS', 'send', 'wait', 'read'];
const PURPOSES = ['test', 'auth', 'probe', 'cleanup', 'canary'];

/**
 * What stands packed in an element: base64 of gzip of JSON.
 * @param {HTMLElement} element
 */
async function unpacked(element) {
  const signs = atob((element.textContent || '').trim());
  const bytes = new Uint8Array(signs.length);
  for (let place = 0; place < signs.length; place += 1) bytes[place] = signs.charCodeAt(place);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Response(stream).json();
}

async function readIndex() {
  const element = byId('rh-index');
  run = await unpacked(element);
  element.remove();
  run.rows.id.forEach((id, place) => places.set(id, place));
}

/** @param {number} word */
function said(word) {
  return run.words[word] ?? '';
}

/** The verdict or what else became of a test. @param {number} place */
function kindAt(place) {
  return said(run.rows.kind[place]) || 'pass';
}

/** The id of a test as pytest takes it. @param {number} place */
function nameAt(place) {
  const file = said(run.rows.file[place]);
  return file ? `${file}::${run.rows.test[place]}` : run.rows.test[place];
}

/** @param {any} process */
function processName(process) {
  return [process.shard && `shard ${process.shard}`, process.worker || 'main']
    .filter(Boolean)
    .join(' ');
}

/** @param {number} place */
function chunkNumber(place) {
  let [low, high] = [0, run.chunks.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (run.chunks[middle] <= place) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** All that was kept of a test, null where the page does not hold it. @param {number} place */
async function detailOf(place) {
  const number = chunkNumber(place);
  const chunk = await chunkOf(number);
  return chunk && chunk.details[place - run.chunks[number]]
    ? { ...chunk.details[place - run.chunks[number]], words: chunk.words }
    : null;
}

/** @param {number} number */
function chunkOf(number) {
  const known = opened.get(number) || loaded(number);
  opened.delete(number);
  opened.set(number, known);
  for (const oldest of opened.keys()) if (opened.size > MOST_OPENED) opened.delete(oldest);
  return known;
}

/** @param {number} number */
async function loaded(number) {
  const id = `rh-chunk-${number}`;
  if (!byId(id) && document.readyState === 'loading') {
    await new Promise((go) => document.addEventListener('DOMContentLoaded', go, { once: true }));
  }
  return byId(id) ? unpacked(byId(id)).catch(() => null) : null;
}

/**
 * An attempt of the payload under names, `place` among the attempts of its round.
 * @param {any[]} fields
 * @param {number} place
 * @param {string[]} words
 */
function attemptOf(fields, place, words) {
  const [
    id,
    call,
    number,
    purpose,
    route,
    status,
    at,
    took,
    phases,
    isReused,
    size,
    body,
    wait,
    reason,
    row,
    step,
    told,
  ] = fields;
  const isLost = !status || Boolean(told?.failure);
  return {
    place,
    id,
    call,
    number,
    purpose: PURPOSES[purpose] || 'test',
    route: words[route] ?? '',
    status,
    at,
    took,
    phases,
    isReused: Boolean(isReused),
    size,
    body,
    wait,
    reason: words[reason] ?? '',
    row: words[row] ?? '',
    step,
    told: told || null,
    isLost,
  };
}

/** What an attempt came to, in a word or two. @param {any} attempt */
function outcomeOf(attempt) {
  if (!attempt.isLost) return String(attempt.status);
  return attempt.status ? `${attempt.status}, not whole` : 'no answer';
}
