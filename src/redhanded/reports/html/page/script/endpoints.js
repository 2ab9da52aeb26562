'use strict';
// What tests saw of the API: each operation with its statuses, those first that nothing called.

const STATES = {
  never: 'never called',
  called: 'called, not checked',
  checked: 'checked',
  undocumented: 'not documented',
};
const STATE_ORDER = ['never', 'undocumented', 'called', 'checked'];
const STATE_KINDS = {
  never: 'pytest.skip',
  undocumented: 'drift',
  called: 'inconclusive',
  checked: 'pass',
};
const FIRST_ENDPOINTS = 100;

function showEndpoints() {
  const section = sectionOf('endpoints', 'Endpoints');
  const seen = run.endpoints;
  if (!seen || !seen.endpoints.length)
    return put(
      section,
      h('p', { class: 'empty' }, 'No request was sent, and no document of the API is known.'),
    );
  const rank = (one) => STATE_ORDER.indexOf(one.state);
  const ordered = [...seen.endpoints].sort(
    (one, other) => rank(one) - rank(other) || collator.compare(one.operation, other.operation),
  );
  const has = {
    document: seen.shares.length > 0,
    checks: ordered.some((one) => one.checks !== undefined),
  };
  const heads = [
    'Operation',
    has.document && 'Standing',
    'Statuses',
    ['Calls', 'num'],
    has.checks && ['Checks', 'num'],
    ['p50', 'num'],
    ['p95', 'num'],
  ];
  const shown = table('Operations and their statuses', heads.filter(Boolean), []);
  return put(
    section,
    h('p', { class: 'lead' }, seen.denominator),
    has.document && h('dl', { class: 'shares' }, seen.shares.map(shareShown)),
    has.document &&
      h(
        'p',
        { class: 'legend' },
        h('span', { class: 'st seen' }, '200 ×3'),
        'seen',
        h('span', { class: 'st unseen-status' }, '404'),
        'documented, never seen',
        h('span', { class: 'st foreign' }, '! 500 ×1'),
        'seen, not documented',
      ),
    shown,
    some(ordered, FIRST_ENDPOINTS, (one) => endpointRow(one, has), shown.querySelector('tbody'))[1],
  );
}

/** @param {any[]} share */
function shareShown([measure, seen, total]) {
  return h(
    'div',
    {},
    h('dt', {}, measure),
    h(
      'dd',
      {},
      total ? percent(seen / total) : '–',
      h('small', {}, ` ${grouped(seen)} of ${grouped(total)}`),
    ),
  );
}

/** @param {any} one @param {{ document: boolean, checks: boolean }} has */
function endpointRow(one, has) {
  const known = kindOf(STATE_KINDS[one.state]);
  return h(
    'tr',
    { 'data-state': one.state },
    h(
      'th',
      { scope: 'row', class: 'mono' },
      one.calls ? inward(`e=${encodeURIComponent(one.operation)}`, one.operation) : one.operation,
      one.is_deprecated && [' ', h('span', { class: 'tag' }, 'deprecated')],
    ),
    has.document &&
      h('td', {}, h('span', { class: `k t-${known.tone}` }, sign(known.kind), STATES[one.state])),
    h(
      'td',
      {},
      h(
        'div',
        { class: 'states' },
        one.statuses.map((cell) => statusCell(cell, has.document)),
      ),
    ),
    h('td', { class: 'num' }, grouped(one.calls)),
    has.checks && h('td', { class: 'num' }, one.checks === undefined ? '–' : grouped(one.checks)),
    h('td', { class: 'num' }, lasted(one.p50)),
    h('td', { class: 'num' }, lasted(one.p95)),
  );
}

/**
 * Where there is no document, nothing is undocumented.
 * @param {any[]} cell
 * @param {boolean} hasDocument
 */
function statusCell([status, inDocument, seen], hasDocument) {
  const isDocumented = inDocument || !hasDocument;
  const kind = seen ? (isDocumented ? 'seen' : 'foreign') : 'unseen-status';
  const words = seen
    ? isDocumented
      ? `seen ${seen} times`
      : `not documented, seen ${seen} times`
    : 'documented, never seen';
  return h(
    'span',
    { class: `st ${kind}`, title: words },
    kind === 'foreign' && '! ',
    status,
    seen > 0 && ` ×${grouped(seen)}`,
    h('span', { class: 'unseen' }, ` ${words}`),
  );
}
