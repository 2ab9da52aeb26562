'use strict';
// How long answers took: a histogram for each operation, with what it promises.

const FIRST_CARDS = 24;
const MOST_EDGES = 80;
const JUDGED = {
  held: ['pass', 'held'],
  missed: ['slow', 'missed'],
  open: ['unjudged', 'too few to judge'],
};

function showLatency() {
  const section = sectionOf('latency', 'Latency');
  if (!run.latency.length) return put(section, h('p', { class: 'empty' }, 'No answer was timed.'));
  const ordered = [...run.latency].sort(
    (one, other) => standing(one) - standing(other) || topOf(other) - topOf(one),
  );
  return put(
    section,
    h(
      'p',
      { class: 'lead' },
      'The server’s own time: from the last byte sent to the first byte received. ' +
        'Bins widen with time; brackets hold 95 % intervals.',
    ),
    some(ordered, FIRST_CARDS, latencyCard, h('div', { class: 'cards' })),
  );
}

/** Missed, promised, merely measured, too few: in which order they are read. @param {any} one */
function standing(one) {
  if (one.objectives.some((each) => each.state === 'missed')) return 0;
  return isThin(one) ? 3 : one.objectives.length ? 1 : 2;
}

/** Whether there are too few answers to judge by. @param {any} one */
function isThin(one) {
  if (one.objectives.length) return one.objectives.every((each) => each.state === 'open');
  return one.quantiles.every(([, , low, high]) => low === null || high === null);
}

/** @param {any} one */
function topOf(one) {
  return one.quantiles.at(-1)?.[1] ?? 0;
}

/** @param {any} one */
function latencyCard(one) {
  const limits = one.objectives.filter((each) => each.measure !== 'errors');
  const scale = scaleOf(one.edges, Math.max(0, ...limits.map((each) => each.limit)));
  return h(
    'div',
    { class: `card${isThin(one) ? ' thin' : ''}`, 'data-operation': one.operation },
    h('h3', { class: 'mono' }, one.operation),
    histogram(one, limits, scale),
    h(
      'div',
      { class: 'ends' },
      [0, 0.5, 1].map((share) =>
        h('span', {}, lasted(scale[Math.round(share * (scale.length - 1))])),
      ),
    ),
    h(
      'p',
      {},
      `n = ${grouped(one.samples)}`,
      one.quantiles.map((each) => [' · ', quantileWords(each)]),
    ),
    one.objectives.map(objectiveShown),
    !one.objectives.length && isThin(one) && h('p', {}, 'too few to judge'),
  );
}

/** @param {any[]} quantile */
function quantileWords([name, value_, low, high]) {
  const isKnown = low !== null && high !== null;
  return `${name} ${lasted(value_)}${isKnown ? ` [${lasted(low)}, ${lasted(high)}]` : ''}`;
}

/**
 * The edges of bins that are drawn equally wide, with more of them up to a limit that lies beyond.
 * @param {number[]} edges
 * @param {number} limit
 */
function scaleOf(edges, limit) {
  const scale = edges.length > 1 ? [...edges] : [0, Math.max(edges[0] || 1, 1)];
  const ratio = Math.max(scale[scale.length - 1] / (scale[scale.length - 2] || 1), 1.02);
  while (scale[scale.length - 1] < limit && scale.length < MOST_EDGES)
    scale.push(scale[scale.length - 1] * ratio);
  return scale;
}

/** Where a time lies on the scale. @param {number} ticks @param {number[]} scale */
function onScale(ticks, scale) {
  const bin = Math.max(
    0,
    scale.findLastIndex((edge) => edge <= ticks),
  );
  const width = (scale[bin + 1] ?? ticks) - scale[bin];
  return along(
    bin + (width > 0 ? Math.min(Math.max(ticks - scale[bin], 0) / width, 1) : 0),
    scale.length - 1,
  );
}

/** @param {any} one @param {any[]} limits @param {number[]} scale */
function histogram(one, limits, scale) {
  const most = Math.max(1, ...one.counts);
  const bins = scale.length - 1;
  const bars = one.counts.map((count, bin) => {
    const height = count ? Math.max(2, (80 * count) / most) : 0;
    return (
      count > 0 &&
      s(
        'rect',
        { class: 'hist', x: along(bin, bins), width: along(0.92, bins), y: 86 - height, height },
        s(
          'title',
          {},
          `${grouped(count)} from ${lasted(one.edges[bin])} to ${lasted(one.edges[bin + 1])}`,
        ),
      )
    );
  });
  const lines = limits.map((each) =>
    s('line', {
      class: 'limit',
      x1: onScale(each.limit, scale),
      x2: onScale(each.limit, scale),
      y1: 2,
      y2: 86,
    }),
  );
  const told = limits.map((each) => `, ${each.measure} limit ${lasted(each.limit)}`).join('');
  const words = `Histogram of ${one.samples} answers up to ${lasted(one.edges.at(-1))}${told}`;
  return s(
    'svg',
    { class: 'histogram', role: 'img', 'aria-label': words },
    s('line', { class: 'axis', x1: 0, x2: '100%', y1: 86.5, y2: 86.5 }),
    bars,
    lines,
  );
}

/** @param {any} one */
function objectiveShown(one) {
  const [kind, word] = JUDGED[one.state] || JUDGED.open;
  const limit = one.measure === 'errors' ? percent(one.limit) : lasted(one.limit);
  return h(
    'p',
    {},
    h('span', { class: `k t-${kindOf(kind).tone}` }, sign(kind), word),
    ` ${one.measure} ≤ ${limit}: ${grouped(one.bad)} of ${grouped(one.samples)} beyond it`,
    one.note && h('span', { class: 'soft' }, `; ${one.note}`),
  );
}
