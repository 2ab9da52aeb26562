'use strict';
// Processes, canaries and circuits, each a lane on one scale of time.

const BINS = 240;

/** @param {any} health */
function lanes(health) {
  const whole = Math.max(1, run.head.took);
  const bins = binned(health, whole);
  const rows = health.processes.map((one, number) =>
    laneRow(processName(one), processLane(one, bins[number], whole), processEnd(one)),
  );
  for (const origin of new Set(health.canaries.map((one) => one[3]))) {
    const canaries = health.canaries.filter((one) => one[3] === origin);
    rows.push(
      laneRow(`canary ${said(origin)}`, canaryLane(canaries, whole), canaryWords(canaries)),
    );
  }
  for (const origin of new Set(
    health.turns.filter((one) => one[1] === 'circuit').map((one) => one[3]),
  )) {
    const turns = health.turns.filter((one) => one[3] === origin && one[1] === 'circuit');
    rows.push(
      laneRow(`circuit ${said(origin)}`, circuitLane(turns, whole), many(turns.length, 'change')),
    );
  }
  const labels = h(
    'tr',
    { class: 'scale' },
    h('td', {}),
    h(
      'td',
      { class: 'axis-labels' },
      [0, 0.25, 0.5, 0.75, 1].map((share) => h('span', {}, clock(share * whole))),
    ),
    h('td', {}),
  );
  return table(
    'Processes, canaries and circuits in time, UTC',
    ['Of', 'Timeline', ['Came to', 'num']],
    [...rows, labels],
    { class: 'lanes' },
  );
}

/** @param {string} name @param {Element} lane @param {any} end */
function laneRow(name, lane, end) {
  return h(
    'tr',
    {},
    h('th', { scope: 'row', title: name }, name),
    h('td', {}, lane),
    h('td', { class: 'num' }, end),
  );
}

/** @param {any} one */
function processEnd(one) {
  return one.end === null
    ? h('span', { class: 'k t-inconclusive' }, sign('unjudged'), 'killed')
    : lasted(one.end - one.at);
}

/**
 * The worst that happened in each stretch of time, by process.
 * @param {any} health
 * @param {number} whole
 */
function binned(health, whole) {
  const worst = health.processes.map(() => new Array(BINS).fill(-1));
  const { rows } = run;
  for (let place = 0; place < rows.id.length; place += 1) {
    const lane = worst[rows.process[place]];
    if (!lane) continue;
    const rank = RANKS.get(kindAt(place)) ?? 99;
    const first = Math.floor((BINS * rows.at[place]) / whole);
    const last = Math.floor((BINS * (rows.at[place] + rows.took[place])) / whole);
    for (let bin = Math.max(first, 0); bin <= last && bin < BINS; bin += 1)
      if (lane[bin] < 0 || rank < lane[bin]) lane[bin] = rank;
  }
  return worst;
}

/** @param {any} one @param {number[]} lane @param {number} whole */
function processLane(one, lane, whole) {
  const shapes = [
    s('rect', {
      class: 'idle',
      x: along(one.at, whole),
      width: along((one.end ?? whole) - one.at, whole),
      y: 2,
      height: 16,
    }),
  ];
  const met = new Map();
  for (let bin = 0; bin < BINS;) {
    let end = bin + 1;
    while (end < BINS && lane[end] === lane[bin]) end += 1;
    const known = KINDS[lane[bin]];
    if (known) {
      const height = known.isRed ? 18 : known.kind === 'pass' ? 8 : 13;
      shapes.push(
        s(
          'rect',
          {
            class: `tonefill t-${known.tone}`,
            x: along(bin, BINS),
            width: along(end - bin, BINS),
            y: 19 - height,
            height,
          },
          s('title', {}, `${known.word}, ${clock((bin / BINS) * whole)}`),
        ),
      );
      met.set(known.word, true);
    }
    bin = end;
  }
  return s(
    'svg',
    {
      role: 'img',
      'aria-label': `${processName(one)}: ${[...met.keys()].join(', ') || 'no test'}`,
    },
    shapes,
  );
}

/** @param {any[]} canaries @param {number} whole */
function canaryLane(canaries, whole) {
  const strokes = canaries.map(([at, status, took]) => {
    const isWell = status >= 200 && status < 400;
    return s(
      'rect',
      {
        class: `tonefill t-${isWell ? 'pass' : 'defect'}`,
        x: along(at, whole),
        y: isWell ? 9 : 1,
        width: 3,
        height: isWell ? 9 : 17,
      },
      s('title', {}, `${clock(at)}: ${status || 'no answer'} in ${lasted(took)}`),
    );
  });
  return s(
    'svg',
    { role: 'img', 'aria-label': canaryWords(canaries) },
    s('rect', { class: 'idle', x: 0, y: 17, width: '100%', height: 1 }),
    strokes,
  );
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
    return s(
      'rect',
      {
        class: `tonefill t-${tone}`,
        x: along(at, whole),
        width: along((turns[place + 1]?.[0] ?? whole) - at, whole),
        y: 18 - height,
        height,
      },
      s('title', {}, `${clock(at)}: ${now}`),
    );
  });
  return s(
    'svg',
    { role: 'img', 'aria-label': turns.map(([at, , now]) => `${now} at ${clock(at)}`).join(', ') },
    spans,
  );
}
