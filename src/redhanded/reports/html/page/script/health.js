'use strict';
// How the run itself went: who ran when, whether the API was well, and what held requests back.

function showHealth() {
  const section = sectionOf('health', 'Run health');
  const { health } = run;
  put(
    section,
    health.processes.length > 0 && lanes(health),
    turnsShown(health),
    h('div', { class: 'duo' }, waitsShown(health), requeuesShown(health), budgetShown(health)),
  );
}

/** @param {any} health */
function turnsShown(health) {
  if (!health.turns.length)
    return h(
      'div',
      {},
      h('h3', {}, 'Circuits and pace'),
      h('p', { class: 'empty' }, 'No circuit opened, and no pace was held down.'),
    );
  const row = ([at, what, now, origin, reason]) =>
    h(
      'tr',
      {},
      h('td', { class: 'nowrap' }, clock(at)),
      h('td', {}, `${what} ${now.replace('_', ' ')}`),
      h('td', {}, said(origin)),
      h('td', {}, reason),
    );
  const shown = table('Circuits and pace', ['UTC', 'What', 'Origin', 'Why'], []);
  return h(
    'div',
    {},
    h('h3', {}, 'Circuits and pace'),
    shown,
    some(health.turns, 8, row, shown.querySelector('tbody'))[1],
  );
}

/** @param {any} health */
function waitsShown(health) {
  const row = ([reason, count, took]) =>
    h(
      'tr',
      {},
      h('th', { scope: 'row' }, reason),
      h('td', { class: 'num' }, grouped(count)),
      h('td', { class: 'num' }, lasted(took)),
    );
  return h(
    'div',
    {},
    h('h3', {}, 'Our waits'),
    health.waits.length
      ? table('Our waits', ['For', ['Times', 'num'], ['In all', 'num']], health.waits.map(row))
      : h('p', { class: 'empty' }, 'No request was held back.'),
  );
}

/** @param {any} health */
function requeuesShown(health) {
  if (!health.requeues.length)
    return h(
      'div',
      {},
      h('h3', {}, 'Requeued tests'),
      h('p', { class: 'empty' }, 'No test had to run again.'),
    );
  const row = ([at, place, round, kind]) =>
    h(
      'tr',
      {},
      h('td', { class: 'nowrap' }, clock(at)),
      h(
        'th',
        { scope: 'row' },
        run.rows.id[place] ? inward(`t=${run.rows.id[place]}`, nameAt(place)) : '–',
      ),
      h('td', { class: 'num' }, round),
      h('td', {}, badge(kind)),
    );
  const shown = table('Requeued tests', ['UTC', 'Test', ['Round', 'num'], 'Came to'], []);
  return h(
    'div',
    {},
    h('h3', {}, 'Requeued tests'),
    shown,
    some(health.requeues, 10, row, shown.querySelector('tbody'))[1],
  );
}

/** @param {any} health */
function budgetShown(health) {
  if (health.budget.length < 2) return null;
  const whole = Math.max(1, run.head.took);
  const top = Math.max(1, ...health.budget.map(([, tokens]) => tokens));
  const least = Math.min(...health.budget.map(([, tokens]) => tokens));
  const steps = health.budget.map(
    ([at, tokens], place) =>
      `${place ? 'L' : 'M'}${((1000 * at) / whole).toFixed(1)} ${(58 - (54 * tokens) / top).toFixed(1)}`,
  );
  const words = `${top.toFixed(0)} tokens at the most, ${least.toFixed(0)} at the least`;
  return h(
    'div',
    {},
    h('h3', {}, 'Retry budget'),
    s(
      'svg',
      {
        viewBox: '0 0 1000 60',
        width: '100%',
        height: 60,
        preserveAspectRatio: 'none',
        role: 'img',
        'aria-label': words,
      },
      s('path', { class: 'line', d: steps.join(''), 'vector-effect': 'non-scaling-stroke' }),
    ),
    h('p', { class: 'soft' }, words),
  );
}
