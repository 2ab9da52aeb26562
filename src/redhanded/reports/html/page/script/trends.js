'use strict';
// What history tells: it orders attention, and never made a verdict.

const LEAST = 5; // how high a verdict stands that any test came to
const NEWS = {
  new: 'new',
  known: 'known',
  fixed: 'fixed',
  flaky: 'flaky',
  intermittent: 'comes and goes',
  broken: 'fails each time',
};

function showTrends() {
  const section = sectionOf('trends', 'Trends');
  const { trends } = run;
  if (!trends || trends.runs.length < 2)
    return put(section, h('p', { class: 'empty' }, 'There is no history of earlier runs yet.'));
  return put(
    section,
    h('p', { class: 'lead' }, 'From history. It never changes what this run came to.'),
    runsShown(trends.runs),
    suspectsShown(trends.suspects),
    pacesShown(trends.paces),
  );
}

/** Each run as a column, its tests by verdict. @param {any[]} runs */
function runsShown(runs) {
  const most = Math.max(1, ...runs.map(totalOf));
  const width = 1000 / runs.length;
  const columns = runs.map((one, place) =>
    s(
      'g',
      {},
      s('title', {}, runWords(one)),
      stacked(one, most).map(([tone, y, height]) =>
        s('rect', {
          class: `tonefill t-${tone}`,
          x: (place * width).toFixed(2),
          width: (width * 0.84).toFixed(2),
          y,
          height,
        }),
      ),
    ),
  );
  const words = `${runs.length} runs, the last: ${runWords(runs[runs.length - 1])}`;
  return h(
    'div',
    { class: 'runs' },
    h('h3', {}, `Tests by verdict, ${many(runs.length, 'run')}`),
    s(
      'svg',
      { viewBox: '0 0 1000 96', preserveAspectRatio: 'none', role: 'img', 'aria-label': words },
      columns,
    ),
    h(
      'div',
      { class: 'legend' },
      KINDS.filter((kind) => runs.some((one) => one.counts[kind.kind])).map((kind) =>
        badge(kind.kind),
      ),
    ),
    h(
      'p',
      { class: 'soft' },
      `from ${moment(runs[0].began)} to ${moment(runs[runs.length - 1].began)}`,
    ),
  );
}

/** @param {any} one */
function totalOf(one) {
  return Object.values(one.counts).reduce((sum, count) => sum + Number(count), 0);
}

/** @param {any} one */
function runWords(one) {
  const told = Object.entries(one.counts)
    .filter(([, count]) => count)
    .map(([kind, count]) => `${count} ${kindOf(kind).word}`);
  return `${one.run}, ${moment(one.began)}: ${told.join(', ')}`;
}

/**
 * The worst on top, at least a stroke of each.
 * @param {any} one
 * @param {number} most
 * @returns {[string, number, number][]}
 */
function stacked(one, most) {
  let base = 96;
  const kinds = KINDS.filter((kind) => one.counts[kind.kind]).reverse();
  const room = 96 - LEAST * kinds.length;
  return kinds.map((kind) => {
    const height = LEAST + (room * one.counts[kind.kind]) / most;
    base -= height;
    return [kind.tone, base, Math.max(height - 0.5, 0.5)];
  });
}

/** @param {any[]} suspects */
function suspectsShown(suspects) {
  if (!suspects.length) return h('p', { class: 'empty' }, 'No test flips.');
  const row = (one) =>
    h(
      'tr',
      {},
      h(
        'th',
        { scope: 'row' },
        one.row >= 0 ? inward(`t=${run.rows.id[one.row]}`, one.test) : one.test,
      ),
      h('td', {}, NEWS[one.word] || one.word),
      h('td', {}, one.channel),
      h('td', { class: 'num' }, one.flips),
      h('td', {}, sparkline(one.past)),
    );
  const shown = table(
    'Tests with a history',
    ['Test', 'Is', 'Speaks of', ['Flips', 'num'], 'Last runs'],
    [],
  );
  return h(
    'div',
    { class: 'suspects' },
    h('h3', {}, 'Tests with a history'),
    shown,
    some(suspects, 25, row, shown.querySelector('tbody'))[1],
  );
}

/** @param {any[]} paces */
function pacesShown(paces) {
  if (!paces.length) return null;
  const row = (one) =>
    h(
      'tr',
      {},
      h('th', { scope: 'row', class: 'mono' }, one.operation),
      h('td', {}, paceLine(one.medians)),
      h('td', { class: 'num' }, lasted(one.medians.findLast((each) => each !== null))),
      h('td', {}, one.note),
    );
  const shown = table(
    'Medians by run',
    ['Operation', 'Medians, oldest first', ['Now', 'num'], 'Against before'],
    [],
  );
  return h(
    'div',
    {},
    h('h3', {}, 'Pace by run'),
    shown,
    some(paces, 25, row, shown.querySelector('tbody'))[1],
  );
}

/** @param {(number | null)[]} medians */
function paceLine(medians) {
  const top = Math.max(1, ...medians.map((one) => one ?? 0));
  let isOn = false;
  const steps = medians.map((one, place) => {
    const step =
      one === null
        ? ''
        : `${isOn ? 'L' : 'M'}${(3 + (place * 114) / Math.max(medians.length - 1, 1)).toFixed(1)} ${(20 - (17 * one) / top).toFixed(1)}${isOn ? '' : 'h0'}`;
    isOn = one !== null;
    return step;
  });
  return s(
    'svg',
    {
      width: 120,
      height: 22,
      role: 'img',
      'aria-label': `medians: ${medians.map(lasted).join(', ')}`,
    },
    s('path', { class: 'line', d: steps.join('') }),
  );
}
