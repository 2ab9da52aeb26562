'use strict';
// The attempts of one round on one scale of time: those of a call below each other, our waits
// between them, what was lost hatched.

/** The round's attempts, call after call. @param {any} round @param {any} detail */
function attemptsOf(round, detail) {
  const all = round.attempts.map((fields, place) => attemptOf(fields, place, detail.words));
  const first = new Map();
  for (const one of all) if (!first.has(one.call)) first.set(one.call, one.at);
  return all.sort(
    (one, other) =>
      first.get(one.call) - first.get(other.call) || one.call - other.call || one.at - other.at,
  );
}

/**
 * @param {any} view what is opened: the detail, its round, and the attempts of it
 */
function waterfall(view) {
  const whole = Math.max(1, ...view.attempts.map((one) => one.at + one.took));
  const rows = [];
  let call = -1;
  for (const attempt of view.attempts) {
    if (attempt.wait > 0) rows.push(pauseRow(attempt, whole, attempt.call === call));
    call = attempt.call;
    rows.push(...attemptRows(view, attempt, whole));
  }
  const heads = [
    ['Request', 'c-what'],
    ['Answer', 'c-status'],
    ['Took', 'num c-took'],
    [`Timeline, ${lasted(whole)} in all`, ''],
  ];
  const patterns = s(
    'svg',
    { width: 0, height: 0, 'aria-hidden': 'true' },
    s(
      'defs',
      {},
      s(
        'pattern',
        {
          id: 'hatch',
          width: 6,
          height: 6,
          patternUnits: 'userSpaceOnUse',
          patternTransform: 'rotate(45)',
        },
        s('line', { class: 'hatch', x1: 0, y1: 0, x2: 0, y2: 6 }),
      ),
    ),
  );
  return [
    patterns,
    legend(view.attempts),
    table('Requests and their attempts in time', heads, rows, { class: 'fall' }),
  ];
}

/** @param {any[]} attempts */
function legend(attempts) {
  const swatch = (...shapes) => s('svg', { width: 18, height: 12, 'aria-hidden': 'true' }, shapes);
  const met = PHASES.map(
    (phase, place) =>
      attempts.some((one) => one.phases[place] > 0) &&
      h(
        'span',
        {},
        swatch(s('rect', { class: `p-${phase}`, width: 18, height: 12 })),
        PHASE_WORDS[place],
      ),
  );
  return h(
    'div',
    { class: 'legend' },
    met,
    attempts.some((one) => one.isLost) &&
      h(
        'span',
        {},
        swatch(
          s('rect', { class: 'p-wait', width: 18, height: 12 }),
          s('rect', { fill: 'url(#hatch)', width: 18, height: 12 }),
          s('rect', { class: 'lostedge', width: 18, height: 12 }),
        ),
        'lost',
      ),
    attempts.some((one) => one.wait > 0) &&
      h(
        'span',
        {},
        swatch(s('line', { class: 'pauseline', x1: 0, x2: 18, y1: 6, y2: 6 })),
        'our wait',
      ),
  );
}

/** @param {any} attempt @param {number} whole @param {boolean} isBetween */
function pauseRow(attempt, whole, isBetween) {
  const text = `waited ${lasted(attempt.wait)}${attempt.reason ? `: ${attempt.reason}` : ''}`;
  const line = s(
    'svg',
    { 'aria-hidden': 'true' },
    s('line', {
      class: 'pauseline',
      x1: along(attempt.at - attempt.wait, whole),
      x2: along(attempt.at, whole),
      y1: 11,
      y2: 11,
    }),
  );
  return h(
    'tr',
    { class: 'pause', 'data-pause': isBetween ? 'between' : 'before' },
    h('th', { scope: 'row', colspan: 3 }, text),
    h('td', { class: 'bar-cell' }, line),
  );
}

/**
 * The attempt's row, and a second one with all of it, which opens.
 * @param {any} view
 * @param {any} attempt
 * @param {number} whole
 */
function attemptRows(view, attempt, whole) {
  const more = h('tr', { class: 'more', id: `x-${attempt.place}`, hidden: true });
  const toggle = h('button', {
    type: 'button',
    class: 'toggle',
    'aria-expanded': 'false',
    'aria-controls': `x-${attempt.place}`,
    'aria-label': `all of attempt ${attempt.number}, ${attempt.route}`,
    click: () => flip(more.hidden),
  });
  const row = h(
    'tr',
    { id: `a-${attempt.place}`, class: attempt.purpose === 'test' ? undefined : 'aside' },
    h(
      'th',
      { scope: 'row' },
      toggle,
      ' ',
      h('span', { class: 'mono' }, attempt.route),
      attempt.number > 1 && h('span', { class: 'soft' }, ` attempt ${attempt.number}`),
      attempt.purpose !== 'test' && [' ', h('span', { class: 'tag' }, attempt.purpose)],
    ),
    h('td', {}, statusShown(attempt)),
    h('td', { class: 'num' }, lasted(attempt.took)),
    h('td', { class: 'bar-cell' }, timeline(attempt, whole)),
  );
  /** @param {boolean} isOpen */
  function flip(isOpen) {
    if (isOpen && !more.firstChild)
      put(more, h('td', { colspan: 4 }, exchangeShown(view, attempt)));
    more.hidden = !isOpen;
    row.classList.toggle('open', isOpen);
    toggle.setAttribute('aria-expanded', String(isOpen));
    if (isOpen) view.here = attempt;
  }
  view.open.set(attempt.place, () => flip(true));
  return [row, more];
}

/** @param {any} attempt */
function statusShown(attempt) {
  if (!attempt.isLost)
    return h('span', { class: attempt.status >= 400 ? 'k' : undefined }, attempt.status);
  return h(
    'span',
    { class: 'k t-inconclusive' },
    sign('unjudged'),
    attempt.status ? `${attempt.status}, lost` : 'lost',
  );
}

/** @param {any} attempt @param {number} whole */
function timeline(attempt, whole) {
  let at = attempt.at;
  const parts = attempt.phases.map((ticks, place) => {
    const from = at;
    at += ticks;
    return (
      ticks > 0 &&
      s(
        'rect',
        {
          class: `p-${PHASES[place]}`,
          x: along(from, whole),
          y: 4,
          width: along(ticks, whole),
          height: 14,
        },
        s('title', {}, `${PHASE_WORDS[place]} ${lasted(ticks)}`),
      )
    );
  });
  const box = { x: along(attempt.at, whole), y: 4, width: along(attempt.took, whole), height: 14 };
  if (!attempt.phases.some(Boolean)) parts.unshift(s('rect', { class: 'p-pool', ...box }));
  if (attempt.isLost)
    parts.push(
      s('rect', { fill: 'url(#hatch)', ...box }),
      s('rect', { class: 'lostedge', ...box, y: 3.5, height: 15 }),
    );
  return s('svg', { role: 'img', 'aria-label': phaseWords(attempt) }, parts);
}

/** @param {any} attempt */
function phaseWords(attempt) {
  const told = attempt.phases
    .map((ticks, place) => ticks > 0 && `${PHASE_WORDS[place]} ${lasted(ticks)}`)
    .filter(Boolean);
  return `${attempt.isLost ? 'lost; ' : ''}from ${lasted(attempt.at)}: ${told.join(', ') || lasted(attempt.took)}`;
}
