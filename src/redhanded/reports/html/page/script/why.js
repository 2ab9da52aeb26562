'use strict';
// Why this verdict: the findings with their facts, and what was asked before it was spoken.

const SPEAKS = {
  api: 'against the API',
  environment: 'for the environment',
  test: 'against the test',
  runner: 'for the runner',
  nobody: 'for nobody',
};

/** @param {any} view */
function whyShown(view) {
  const { findings = [], questions = [], breaches = [] } = view.round;
  const let_pass = breaches.filter((one) => one.passed);
  if (!findings.length && !questions.length && !let_pass.length) return null;
  return h(
    'section',
    { class: 'why', id: 'why', 'aria-labelledby': 'h-why' },
    h('h2', { id: 'h-why' }, 'Why this verdict'),
    findings.map((one) => findingShown(view, one)),
    questions.length > 0 && [
      h('h3', {}, 'What was asked'),
      h(
        'ol',
        {},
        questions.map((one) => questionShown(view, one)),
      ),
    ],
    let_pass.length > 0 && passedShown(let_pass),
  );
}

/** @param {any} view @param {any} finding */
function findingShown(view, finding) {
  return h(
    'div',
    { class: `finding t-${kindOf(finding.verdict).tone}` },
    h('p', {}, badge(finding.verdict), ' ', h('code', {}, finding.code), ' ', finding.message),
    finding.evidence.length > 0 &&
      h(
        'ul',
        {},
        finding.evidence.map((fact_) => h('li', {}, fact_)),
      ),
    finding.confidence && h('p', { class: 'soft' }, `How sure: ${finding.confidence}`),
    finding.violations.length > 0 && violationTable(finding.violations),
    h(
      'p',
      { class: 'soft' },
      attemptLink(view, finding.attempt, 'the attempt it rests on'),
      finding.attempt >= 0 && ' · ',
      h('code', {}, `redhanded explain ${finding.code}`),
    ),
  );
}

/** @param {any} view @param {any} question */
function questionShown(view, question) {
  const asked = question.asked.map((place, number) => [
    number > 0 && ', ',
    attemptLink(view, place, `request ${number + 1}`),
  ]);
  return h(
    'li',
    { class: 'q' },
    h(
      'div',
      {},
      h('p', {}, question.question),
      h('p', {}, question.answer),
      asked.length > 0 && h('p', { class: 'soft' }, 'asked with ', asked),
    ),
    h(
      'div',
      {},
      h(
        'span',
        { class: `tag s-${question.speaks}` },
        `speaks ${SPEAKS[question.speaks] || question.speaks}`,
      ),
    ),
  );
}

/** @param {any[]} breaches */
function passedShown(breaches) {
  return [
    h('h3', {}, 'Breaches that were let pass'),
    table(
      'Breaches that were let pass',
      ['Where', 'Is', 'Should be', 'Contract', 'Let pass as', ['Times', 'num']],
      breaches.map((one) =>
        h(
          'tr',
          {},
          h('th', { scope: 'row', class: 'mono' }, one.violation.where),
          h('td', { class: 'mono' }, one.violation.actual),
          h('td', {}, one.violation.expected),
          h('td', {}, one.contract, one.operation && ` ${one.operation}`),
          h('td', {}, one.passed),
          h('td', { class: 'num' }, one.count),
        ),
      ),
    ),
  ];
}

/**
 * A button that opens an attempt in the waterfall.
 * @param {any} view
 * @param {number} place
 * @param {string} text
 */
function attemptLink(view, place, text) {
  if (!view.open.has(place)) return null;
  return button(
    text,
    () => {
      view.open.get(place)();
      byId(`a-${place}`).scrollIntoView({ block: 'start' });
      byId(`a-${place}`).querySelector('button')?.focus({ preventScroll: true });
    },
    { class: 'plain' },
  );
}
