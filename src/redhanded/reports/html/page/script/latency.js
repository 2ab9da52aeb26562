'use strict';
// How long answers took: a histogram for each operation, with what it promises.

const FIRST_CARDS = 24;
const JUDGED = { held: ['pass', 'held'], missed: ['slow', 'missed'], open: ['unjudged', 'too few to judge'] };

function showLatency() {
  const section = sectionOf('latency', 'Latency');
  if (!run.latency.length) return put(section, h('p', { class: 'empty' }, 'No answer was timed.'));
  const worst = (/** @type {any} */ one) => (one.objectives.some((/** @type {any} */ each) => each.state === 'missed') ? 0 : one.objectives.length ? 1 : 2);
  const ordered = [...run.latency].sort((one, other) => worst(one) - worst(other) || topOf(other) - topOf(one));
  return put(section, h('p', { class: 'lead' }, 'The server’s own time: from the last byte sent to the first byte received. Brackets hold 95 % intervals.'),
    some(ordered, FIRST_CARDS, latencyCard, h('div', { class: 'cards' })));
}

/** @param {any} one */
function topOf(one) {
  return one.quantiles.at(-1)?.[1] ?? 0;
}

/** @param {any} one */
function latencyCard(one) {
  const limits = one.objectives.filter((/** @type {any} */ each) => each.measure !== 'errors');
  const isThin = one.objectives.length > 0 && one.objectives.every((/** @type {any} */ each) => each.state === 'open');
  const top = Math.max(one.edges.at(-1) || 1, ...limits.map((/** @type {any} */ each) => each.limit * 1.05));
  return h('div', { class: `card${isThin ? ' thin' : ''}`, 'data-operation': one.operation }, h('h3', { class: 'mono' }, one.operation), histogram(one, limits, top),
    h('div', { class: 'ends' }, h('span', {}, '0'), h('span', {}, lasted(top))),
    h('p', {}, `n = ${grouped(one.samples)}`, one.quantiles.map((/** @type {any} */ each) => [' · ', quantileWords(each)])), one.objectives.map(objectiveShown));
}

/** @param {any[]} quantile */
function quantileWords([name, value_, low, high]) {
  return `${name} ${lasted(value_)}${low === null || high === null ? '' : ` [${lasted(low)}, ${lasted(high)}]`}`;
}

/** @param {any} one @param {any[]} limits @param {number} top */
function histogram(one, limits, top) {
  const most = Math.max(1, ...one.counts);
  const bars = one.counts.map((/** @type {number} */ count, /** @type {number} */ bin) => {
    const height = count ? Math.max(2, (80 * count) / most) : 0;
    return count > 0 && s('rect', { class: 'hist', x: along(one.edges[bin], top), width: along((one.edges[bin + 1] - one.edges[bin]) * 0.92, top), y: 86 - height, height },
      s('title', {}, `${grouped(count)} from ${lasted(one.edges[bin])} to ${lasted(one.edges[bin + 1])}`));
  });
  const lines = limits.map((each) => s('line', { class: 'limit', x1: along(each.limit, top), x2: along(each.limit, top), y1: 2, y2: 86 }));
  const words = `Histogram of ${one.samples} answers up to ${lasted(one.edges.at(-1))}${limits.map((each) => `, ${each.measure} limit ${lasted(each.limit)}`).join('')}`;
  return s('svg', { class: 'histogram', role: 'img', 'aria-label': words }, s('line', { class: 'axis', x1: 0, x2: '100%', y1: 86.5, y2: 86.5 }), bars, lines);
}

/** @param {any} one */
function objectiveShown(one) {
  const [kind, word] = JUDGED[one.state] || JUDGED.open;
  const limit = one.measure === 'errors' ? percent(one.limit) : lasted(one.limit);
  return h('p', {}, h('span', { class: `k t-${kindOf(kind).tone}` }, sign(kind), word), ` ${one.measure} ≤ ${limit}: ${grouped(one.bad)} of ${grouped(one.samples)} beyond it`,
    one.note && h('span', { class: 'soft' }, `; ${one.note}`));
}
