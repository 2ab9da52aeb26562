'use strict';
// One test, opened: its story, its requests in time, why it was judged so, and what it left.

/** @type {any} what is opened, null where the overview is shown */
let openView = null;
let overviewTop = 0;

/** Open the test of this id, or say that there is none. @param {string} id */
async function openTest(id) {
  const place = places.get(id);
  if (place === undefined) {
    fill(byId('alert'), `This report has no test of the id ${id}: it may be of another run.`);
    return closeTest();
  }
  if (!byId('overview').hidden) overviewTop = window.scrollY;
  const detail = await detailOf(place);
  if (state.t !== id) return undefined; // another one was opened meanwhile
  fill(byId('alert'));
  byId('overview').hidden = true;
  byId('test').hidden = false;
  drawTest(place, detail, detail ? detail.rounds.length - 1 : -1);
  window.scrollTo({ top: 0, behavior: 'instant' });
  byId('h-test').focus({ preventScroll: true });
  return undefined;
}

/** Go back to the overview, without an entry of its own in the browser's history. */
function leaveTest() {
  state = { ...state, t: '' };
  history.replaceState(null, '', `#${address({})}`);
  closeTest();
}

function closeTest() {
  if (byId('test').hidden) return;
  const place = openView?.place;
  openView = null;
  byId('test').hidden = true;
  fill(byId('test'));
  byId('overview').hidden = false;
  drawRows();
  window.scrollTo({ top: overviewTop, behavior: 'instant' });
  const number = list.order.indexOf(place);
  if (number >= 0 && list.rows.has(number))
    list.rows.get(number).querySelector('a').focus({ preventScroll: true });
}

/** @param {number} place @param {any} detail @param {number} number of the round */
function drawTest(place, detail, number) {
  const round = detail?.rounds[number];
  openView = {
    place,
    detail,
    round,
    attempts: round ? attemptsOf(round, detail) : [],
    open: new Map(),
    here: null,
  };
  fill(
    byId('test'),
    pathShown(place),
    h('h1', { id: 'h-test', tabindex: -1 }, nameAt(place)),
    headShown(place, detail),
    !detail &&
      h(
        'p',
        { class: 'notice' },
        'The details of this test are not in this report, or that part of the file is damaged.',
      ),
    detail && roundsShown(place, detail, number),
    round && roundShown(openView),
    detail && leftShown(detail),
  );
  openFirstAttempt(openView);
}

/** @param {number} place */
function pathShown(place) {
  const number = list.order.indexOf(place);
  const step = (to, text, id) =>
    list.order[to] !== undefined &&
    h('a', { id, href: `#${address({ t: run.rows.id[list.order[to]] })}` }, text);
  return h(
    'nav',
    { class: 'path', 'aria-label': 'Way through the tests' },
    h('a', { id: 'back', href: `#${address({ t: '' })}` }, '← all tests'),
    number >= 0 && h('span', {}, `${grouped(number + 1)} of ${grouped(list.order.length)}`),
    h(
      'span',
      { class: 'apart' },
      number >= 0 && [step(number - 1, 'previous', 'previous'), step(number + 1, 'next', 'next')],
    ),
  );
}

/** @param {number} place @param {any} detail */
function headShown(place, detail) {
  const { rows } = run;
  const [owner, until] = rows.quarantine[place] || [];
  const id = rows.id[place];
  const code = said(rows.code[place]);
  return [
    h(
      'p',
      { class: 'headline' },
      badge(kindAt(place)),
      ' ',
      code && [h('code', {}, code), ' '],
      factOf(rows.headline[place], code),
    ),
    h(
      'dl',
      { class: 'facts' },
      fact('took', lasted(rows.took[place])),
      fact('calls', `${rows.calls[place]} in ${many(rows.attempts[place], 'attempt')}`),
      fact('worker', processAt(place)),
      fact('began', `${clock(rows.at[place])} UTC`),
      said(rows.route[place]) && fact('endpoint', h('code', {}, said(rows.route[place]))),
      detail?.place && fact('place', h('code', {}, detail.place)),
      rows.attempts[place] > 0 && fact('replay', h('code', {}, `redhanded replay ${id}`)),
      rows.past[place] && fact('last runs', sparkline(rows.past[place])),
      owner && fact('quarantined', `for ${owner} until ${until}`),
      Object.entries(detail?.properties || {}).map(([name, text]) => fact(name, text)),
    ),
  ];
}

/**
 * Rounds of a test that ran again, to choose from.
 * @param {number} place
 * @param {any} detail
 * @param {number} chosen
 */
function roundsShown(place, detail, chosen) {
  if (detail.rounds.length < 2) return null;
  return h(
    'div',
    { class: 'chips', role: 'group', 'aria-label': 'Rounds of this test' },
    detail.rounds.map((round, number) =>
      h(
        'button',
        {
          type: 'button',
          class: `chip t-${kindOf(round.verdict || 'unjudged').tone}`,
          'aria-pressed': String(number === chosen),
          'data-round': number + 1,
          click: () => {
            drawTest(place, detail, number);
            document.querySelector(`[data-round="${number + 1}"]`).focus();
          },
        },
        sign(round.verdict || 'unjudged'),
        `round ${number + 1}: ${round.is_cut ? 'cut short' : kindOf(round.verdict || 'unjudged').word}`,
      ),
    ),
  );
}

/** @param {any} view */
function roundShown(view) {
  const { round, attempts } = view;
  const requests = h(
    'section',
    { id: 'requests', 'aria-labelledby': 'h-requests' },
    h('h2', { id: 'h-requests' }, 'Requests'),
    attempts.length ? waterfall(view) : h('p', { class: 'empty' }, 'No request was sent.'),
  );
  return [
    round.is_cut &&
      h(
        'p',
        { class: 'notice' },
        'The process of this round was killed: this is what it had written down.',
      ),
    whyShown(view),
    requests,
    stepsShown(round, view),
    thingsShown(round, view),
  ];
}

/**
 * The attempt that the first finding rests on, or the last that is not as it should be.
 * @param {any} view
 */
function openFirstAttempt(view) {
  const cited = (view.round?.findings || []).find((one) => one.attempt >= 0)?.attempt;
  const odd = view.attempts.filter((one) => one.told && one.purpose === 'test').at(-1);
  view.open.get(cited ?? odd?.place ?? view.attempts.at(-1)?.place)?.();
}

/** The steps as a tree, each below the one around it. @param {any} round @param {any} view */
function stepsShown(round, view) {
  if (!round.steps?.length) return null;
  const top = h('ul');
  const items = round.steps.map((step, place) =>
    stepItem(
      step,
      view.attempts.filter((one) => one.step === place),
    ),
  );
  round.steps.forEach(([, parent], place) => {
    const around = items[parent];
    if (!around || parent === place) return top.append(items[place]);
    if (around.lastChild.tagName !== 'UL') around.append(h('ul'));
    return around.lastChild.append(items[place]);
  });
  return h(
    'section',
    { class: 'steps', id: 'steps', 'aria-labelledby': 'h-steps' },
    h('h2', { id: 'h-steps' }, 'Steps'),
    top,
  );
}

/** @param {any[]} step @param {any[]} attempts */
function stepItem([name, , , took, error], attempts) {
  return h(
    'li',
    {},
    h(
      'div',
      {},
      h('span', { class: error ? 'bad' : undefined }, error ? '✕ ' : '✓ ', name),
      h('span', { class: 'took' }, lasted(took)),
      attempts.length > 0 && h('span', { class: 'took' }, many(attempts.length, 'request')),
      error && h('div', { class: 'bad' }, error),
    ),
  );
}

/** What the test made, and what became of it. @param {any} round @param {any} view */
function thingsShown(round, view) {
  const removals = (round.removals || []).map((text) => h('p', { class: 'notice' }, text));
  if (!round.things?.length && !removals.length) return null;
  const words = {
    made: 'made',
    removed: 'removed',
    gone: 'gone already',
    failed: 'could not be removed',
    left: 'left behind',
  };
  return h(
    'section',
    { id: 'cleanup', 'aria-labelledby': 'h-cleanup' },
    h('h2', { id: 'h-cleanup' }, 'Cleanup'),
    removals,
    table(
      'What the test made',
      ['Kind', 'Id', 'What became of it', ['After', 'num'], 'Request'],
      (round.things || []).map(([kind, id, became, at, attempt]) =>
        h(
          'tr',
          {},
          h('th', { scope: 'row' }, kind),
          h('td', { class: 'mono' }, id),
          h('td', {}, words[became] || became),
          h('td', { class: 'num' }, lasted(at)),
          h('td', {}, attemptLink(view, attempt, 'see it') || '–'),
        ),
      ),
    ),
  );
}

/** The failure as it was told, and what the test printed. @param {any} detail */
function leftShown(detail) {
  return [
    ['story', 'As the terminal told it'],
    ['output', 'Logs and output'],
  ].map(
    ([key, title]) =>
      detail[key] &&
      h(
        'section',
        { id: key, 'aria-labelledby': `h-${key}` },
        h('h2', { id: `h-${key}` }, title),
        h('pre', { tabindex: 0, 'aria-label': title }, detail[key]),
      ),
  );
}
