'use strict';
// How the run itself went: who ran when, whether the API was well, and what held requests back.

const BINS = 240;

function showHealth() {
  const section = sectionOf('health', 'Run health');
  const { health } = run;
  put(section, health.processes.length > 0 && lanes(health), turnsShown(health), h('div', { class: 'duo' }, waitsShown(health), requeuesShown(health), budgetShown(health)));
}

/** @param {any} health */
function lanes(health) {
  const whole = Math.max(1, run.head.took);
  const bins = binned(health, whole);
  const rows = health.processes.map((/** @type {any} */ one, /** @type {number} */ number) => laneRow(processName(one), processLane(one, bins[number], whole), processEnd(one)));
  for (const origin of new Set(health.canaries.map((/** @type {any} */ one) => one[3]))) {
    const canaries = health.canaries.filter((/** @type {any} */ one) => one[3] === origin);
    rows.push(laneRow(`canary ${said(origin)}`, canaryLane(canaries, whole), canaryWords(canaries)));
  }
  for (const origin of new Set(health.turns.filter((/** @type {any} */ one) => one[1] === 'circuit').map((/** @type {any} */ one) => one[3]))) {
    const turns = health.turns.filter((/** @type {any} */ one) => one[3] === origin && one[1] === 'circuit');
    rows.push(laneRow(`circuit ${said(origin)}`, circuitLane(turns, whole), many(turns.length, 'change')));
  }
  const labels = h('tr', { class: 'scale' }, h('td', {}), h('td', { class: 'axis-labels' }, [0, 0.25, 0.5, 0.75, 1].map((share) => h('span', {}, clock(share * whole)))), h('td', {}));
  return table('Processes, canaries and circuits in time, UTC', ['Of', 'Timeline', ['Came to', 'num']], [...rows, labels], { class: 'lanes' });
}

/** @param {string} name @param {Element} lane @param {any} end */
function laneRow(name, lane, end) {
  return h('tr', {}, h('th', { scope: 'row', title: name }, name), h('td', {}, lane), h('td', { class: 'num' }, end));
}

/** @param {any} one */
function processEnd(one) {
  return one.end === null ? h('span', { class: 'k t-inconclusive' }, sign('unjudged'), 'killed') : lasted(one.end - one.at);
}

/** The worst that happened in each stretch of time, by process. @param {any} health @param {number} whole */
function binned(health, whole) {
  const worst = health.processes.map(() => new Array(BINS).fill(-1));
  const { rows } = run;
  for (let place = 0; place < rows.id.length; place += 1) {
    const lane = worst[rows.process[place]];
    if (!lane) continue;
    const rank = RANKS.get(kindAt(place)) ?? 99;
    const first = Math.floor((BINS * rows.at[place]) / whole);
    const last = Math.floor((BINS * (rows.at[place] + rows.took[place])) / whole);
    for (let bin = Math.max(first, 0); bin <= last && bin < BINS; bin += 1) if (lane[bin] < 0 || rank < lane[bin]) lane[bin] = rank;
  }
  return worst;
}

/** @param {any} one @param {number[]} lane @param {number} whole */
function processLane(one, lane, whole) {
  const shapes = [s('rect', { class: 'idle', x: along(one.at, whole), width: along((one.end ?? whole) - one.at, whole), y: 2, height: 16 })];
  const met = new Map();
  for (let bin = 0; bin < BINS;) {
    let end = bin + 1;
    while (end < BINS && lane[end] === lane[bin]) end += 1;
    const known = KINDS[lane[bin]];
    if (known) {
      const height = known.isRed ? 18 : known.kind === 'pass' ? 8 : 13;
      shapes.push(s('rect', { class: `tonefill t-${known.tone}`, x: along(bin, BINS), width: along(end - bin, BINS), y: 19 - height, height }, s('title', {}, `${known.word}, ${clock((bin / BINS) * whole)}`)));
      met.set(known.word, true);
    }
    bin = end;
  }
  return s('svg', { role: 'img', 'aria-label': `${processName(one)}: ${[...met.keys()].join(', ') || 'no test'}` }, shapes);
}

/** @param {any[]} canaries @param {number} whole */
function canaryLane(canaries, whole) {
  const strokes = canaries.map(([at, status, took]) => {
    const isWell = status >= 200 && status < 400;
    return s('rect', { class: `tonefill t-${isWell ? 'pass' : 'defect'}`, x: along(at, whole), y: isWell ? 9 : 1, width: 3, height: isWell ? 9 : 17 },
      s('title', {}, `${clock(at)}: ${status || 'no answer'} in ${lasted(took)}`));
  });
  return s('svg', { role: 'img', 'aria-label': canaryWords(canaries) }, s('rect', { class: 'idle', x: 0, y: 17, width: '100%', height: 1 }), strokes);
}

/** @param {any[]} canaries */
function canaryWords(canaries) {
  const ill = canaries.filter(([, status]) => !(status >= 200 && status < 400)).length;
  return ill ? `${ill} of ${canaries.length} ill` : `${canaries.length} well`;
}

/** @param {any[]} turns @param {number} whole */
function circuitLane(turns, whole) {
  const tones = { open: ['defect', 16], half_open: ['slow', 10], closed: ['pass', 4] };
  const spans = turns.map(([at, , now], place) => {
    const [tone, height] = tones[now] || ['skip', 4];
    return s('rect', { class: `tonefill t-${tone}`, x: along(at, whole), width: along((turns[place + 1]?.[0] ?? whole) - at, whole), y: 18 - height, height }, s('title', {}, `${clock(at)}: ${now}`));
  });
  return s('svg', { role: 'img', 'aria-label': turns.map(([at, , now]) => `${now} at ${clock(at)}`).join(', ') }, spans);
}

/** @param {any} health */
function turnsShown(health) {
  if (!health.turns.length) return h('div', {}, h('h3', {}, 'Circuits and pace'), h('p', { class: 'empty' }, 'No circuit opened, and no pace was held down.'));
  const row = (/** @type {any[]} */ [at, what, now, origin, reason]) => h('tr', {}, h('td', { class: 'nowrap' }, clock(at)), h('td', {}, `${what} ${now.replace('_', ' ')}`), h('td', {}, said(origin)), h('td', {}, reason));
  const shown = table('Circuits and pace', ['UTC', 'What', 'Origin', 'Why'], []);
  return h('div', {}, h('h3', {}, 'Circuits and pace'), shown, some(health.turns, 8, row, /** @type {any} */ (shown.querySelector('tbody')))[1]);
}

/** @param {any} health */
function waitsShown(health) {
  const row = (/** @type {any[]} */ [reason, count, took]) => h('tr', {}, h('th', { scope: 'row' }, reason), h('td', { class: 'num' }, grouped(count)), h('td', { class: 'num' }, lasted(took)));
  return h('div', {}, h('h3', {}, 'Our waits'), health.waits.length ? table('Our waits', ['For', ['Times', 'num'], ['In all', 'num']], health.waits.map(row))
    : h('p', { class: 'empty' }, 'No request was held back.'));
}

/** @param {any} health */
function requeuesShown(health) {
  if (!health.requeues.length) return h('div', {}, h('h3', {}, 'Requeued tests'), h('p', { class: 'empty' }, 'No test had to run again.'));
  const row = (/** @type {any[]} */ [at, place, round, kind]) => h('tr', {}, h('td', { class: 'nowrap' }, clock(at)), h('th', { scope: 'row' }, run.rows.id[place] ? inward(`t=${run.rows.id[place]}`, nameAt(place)) : '–'),
    h('td', { class: 'num' }, round), h('td', {}, badge(kind)));
  const shown = table('Requeued tests', ['UTC', 'Test', ['Round', 'num'], 'Came to'], []);
  return h('div', {}, h('h3', {}, 'Requeued tests'), shown, some(health.requeues, 10, row, /** @type {any} */ (shown.querySelector('tbody')))[1]);
}

/** @param {any} health */
function budgetShown(health) {
  if (health.budget.length < 2) return null;
  const whole = Math.max(1, run.head.took);
  const top = Math.max(1, ...health.budget.map((/** @type {any[]} */ [, tokens]) => tokens));
  const least = Math.min(...health.budget.map((/** @type {any[]} */ [, tokens]) => tokens));
  const steps = health.budget.map(([at, tokens]/** @type {any[]} */, /** @type {number} */ place) => `${place ? 'L' : 'M'}${((1000 * at) / whole).toFixed(1)} ${(58 - (54 * tokens) / top).toFixed(1)}`);
  const words = `${top.toFixed(0)} tokens at the most, ${least.toFixed(0)} at the least`;
  return h('div', {}, h('h3', {}, 'Retry budget'), s('svg', { viewBox: '0 0 1000 60', width: '100%', height: 60, preserveAspectRatio: 'none', role: 'img', 'aria-label': words },
    s('path', { class: 'line', d: steps.join(''), 'vector-effect': 'non-scaling-stroke' })), h('p', { class: 'soft' }, words));
}
