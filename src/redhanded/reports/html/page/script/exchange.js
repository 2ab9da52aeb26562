'use strict';
// One attempt in whole: what was sent, what came, what its contract says of it, how to send it
// again.

const RAW_SHOWN = 20000; // characters of a raw body at once

/** @param {any} view @param {any} attempt */
function exchangeShown(view, attempt) {
  if (!attempt.told) {
    const why =
      'Headers and bodies are kept of tests that did not simply pass; ' +
      'of others the method, route, status, times and ids.';
    return h(
      'div',
      { class: 'exchange' },
      attemptFacts(view, attempt),
      h('p', { class: 'soft' }, why),
    );
  }
  const { told } = attempt;
  return h(
    'div',
    { class: 'exchange', 'data-attempt': attempt.id },
    h(
      'p',
      {},
      h('code', {}, `${attempt.route.split(' ')[0]} ${told.url}`),
      ` → ${outcomeOf(attempt)} in ${lasted(attempt.took)}`,
    ),
    told.failure &&
      h(
        'p',
        { class: 'notice' },
        `${told.failure.error} while it was to ${phaseVerb(told.failure.phase)}: ${told.failure.message}`,
      ),
    (told.notes || []).map((note) => h('p', { class: 'notice' }, note)),
    copying(view, attempt),
    attemptFacts(view, attempt),
    h(
      'div',
      { class: 'sides' },
      h(
        'div',
        {},
        h('h3', {}, 'Request'),
        headersShown('Headers of the request', told.request_headers),
        bodyShown(view, told.request, [], 'of the request'),
      ),
      h(
        'div',
        {},
        h('h3', {}, 'Response'),
        headersShown('Headers of the response', told.response_headers),
      ),
    ),
    h(
      'div',
      {},
      h('h3', {}, 'Body of the response'),
      violationsOutside(view, attempt),
      bodyShown(view, told.response, violationsOf(view, attempt), 'of the response'),
    ),
  );
}

/** @param {string} phase */
function phaseVerb(phase) {
  const verbs = {
    pool: 'get a connection',
    dns: 'find the host',
    connect: 'connect',
    tls: 'agree on TLS',
    send: 'send the request',
    wait: 'wait for the answer',
    read: 'read the answer',
    done: 'end',
  };
  return verbs[phase] || phase;
}

/** @param {any} view @param {any} attempt */
function attemptFacts(view, attempt) {
  const told = attempt.told || {};
  const trace = view.round.trace;
  return h(
    'dl',
    { class: 'facts' },
    fact('attempt', h('code', {}, attempt.id)),
    trace &&
      fact(
        'trace',
        run.head.trace_url
          ? outward(run.head.trace_url.replace('{trace_id}', trace), h('code', {}, trace))
          : h('code', {}, trace),
      ),
    fact('connection', [
      attempt.isReused ? 'used before' : 'fresh',
      told.http && `, ${told.http}`,
      told.peer && `, ${told.peer}`,
    ]),
    fact('body', [
      sized(attempt.size),
      attempt.body && [' · digest ', h('code', {}, attempt.body)],
    ]),
    attempt.row && fact('retry row', h('code', {}, attempt.row)),
    told.stall > 0 && fact('runner stood still', lasted(told.stall)),
  );
}

/** @param {any} view @param {any} attempt */
function copying(view, attempt) {
  const request = requestOf(attempt, view.detail, view.round);
  const texts = {
    curl: () => asCurl(request),
    httpx2: () => asHttpx2(request),
    pytest: () => asPytest(request, wantedStatus(attempt, view.round)),
  };
  const shown = h('pre', { hidden: true, tabindex: 0, 'aria-label': 'what was copied' });
  const buttons = Object.entries(texts).map(([name, text]) =>
    button(
      `copy as ${name}`,
      () => {
        fill(shown, text());
        shown.hidden = false;
        copied(text(), name);
      },
      { 'data-copy': name },
    ),
  );
  return h('div', {}, h('div', { class: 'copying' }, buttons), shown);
}

/** @param {string} caption @param {string[][]} headers */
function headersShown(caption, headers) {
  if (!headers.length) return h('p', { class: 'empty' }, 'no headers');
  return h(
    'table',
    { class: 'headers' },
    h('caption', { class: 'unseen' }, caption),
    h(
      'tbody',
      {},
      headers.map(([name, value]) =>
        h('tr', {}, h('th', { scope: 'row' }, name), h('td', {}, value)),
      ),
    ),
  );
}

/** What was found wrong with an attempt, each place once. @param {any} view @param {any} attempt */
function violationsOf(view, attempt) {
  const own = (view.round.findings || [])
    .filter((one) => one.attempt === attempt.place)
    .flatMap((one) => one.violations);
  const heard = (view.round.breaches || [])
    .filter((one) => one.attempt === attempt.place)
    .map((one) => one.violation);
  const seen = new Map(
    [...own, ...heard].map((one) => [
      `${one.where}\n${one.rule}\n${one.expected}\n${one.source}`,
      one,
    ]),
  );
  return [...seen.values()];
}

/**
 * Violations of what is not in the body: status, headers, time.
 * @param {any} view
 * @param {any} attempt
 */
function violationsOutside(view, attempt) {
  const outside = violationsOf(view, attempt).filter((one) => one.pointer === null);
  return outside.length > 0 && violationTable(outside);
}

/** @param {any[]} violations */
function violationTable(violations) {
  return table(
    'What was found wrong',
    ['Where', 'Is', 'Should be', 'By'],
    violations.map((one) =>
      h(
        'tr',
        {},
        h('th', { scope: 'row', class: 'mono' }, one.where),
        h('td', { class: 'mono' }, one.actual),
        h(
          'td',
          {},
          one.is_undeclared ? 'not declared' : one.expected,
          one.rule && one.rule !== one.expected && ` (${one.rule})`,
          one.level === 'warning' && ' · warning',
        ),
        h('td', { class: 'soft' }, one.source),
      ),
    ),
  );
}

/**
 * @param {any} view
 * @param {string | undefined} key
 * @param {any[]} violations
 * @param {string} whose
 */
function bodyShown(view, key, violations, whose) {
  const body = key && view.detail.bodies?.[key];
  if (!body)
    return h(
      'p',
      { class: 'empty' },
      key
        ? `The body ${whose} is not in this report.`
        : `There was no body ${whose}, or none was kept.`,
    );
  if (body.text === undefined)
    return h(
      'p',
      {},
      `${sized(body.size)} of ${body.kind} data, which is not shown. `,
      body.file && nearby(body.file, 'open it'),
    );
  const notes =
    body.is_cut &&
    h(
      'p',
      { class: 'soft' },
      `${sized(body.size)} in all; this is its beginning${body.tail ? ' and its end' : ''}. `,
      body.file && nearby(body.file, 'the whole body'),
    );
  const raw = () => rawText(body);
  const tree =
    body.kind === 'json' && body.text && bodyTree(body.text, Boolean(body.is_cut), violations);
  if (!tree)
    return h(
      'div',
      {},
      notes,
      body.kind === 'json' &&
        body.text &&
        h('p', { class: 'soft' }, 'It is declared as JSON, and is not valid JSON.'),
      raw(),
    );
  const [tools, lines] = tree;
  const place = h('div', {}, lines);
  const [asTree, asRaw] = ['tree', 'raw'].map((name) =>
    button(name, () => turn(name), { 'aria-pressed': String(name === 'tree'), 'data-body': name }),
  );
  /** @param {string} name */
  function turn(name) {
    fill(place, name === 'tree' ? lines : raw());
    tools.style.visibility = name === 'tree' ? '' : 'hidden';
    asTree.setAttribute('aria-pressed', String(name === 'tree'));
    asRaw.setAttribute('aria-pressed', String(name === 'raw'));
  }
  return h(
    'div',
    {},
    notes,
    h(
      'div',
      { class: 'copying', role: 'group', 'aria-label': `Body ${whose}` },
      asTree,
      asRaw,
      tools,
    ),
    place,
  );
}

/** @param {any} body */
function rawText(body) {
  const text = body.tail ? `${body.text}\n… ${sized(body.size)} in all …\n${body.tail}` : body.text;
  if (!text) return h('p', { class: 'empty' }, 'The body is empty.');
  const shown = h('pre', { tabindex: 0, 'aria-label': 'Body as text' }, text.slice(0, RAW_SHOWN));
  if (text.length <= RAW_SHOWN) return shown;
  const more = button(
    `show all ${grouped(text.length)} characters`,
    () => {
      fill(shown, text);
      more.remove();
      shown.focus();
    },
    { class: 'plain' },
  );
  return h('div', {}, shown, more);
}
