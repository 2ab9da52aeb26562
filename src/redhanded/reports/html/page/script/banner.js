'use strict';
// The verdict on the run in one sentence, and what it was a run of.

function showBanner() {
  const { head } = run;
  const [sentence = 'Nothing was judged: no test ran.', ...others] = head.sentences;
  fill(byId('h-summary'), sentence);
  byId('waiting').remove();
  const verdict = h(
    'div',
    { class: `verdict t-${runTone(head)}` },
    h('span', { class: 'k' }, sign(runKind(head)), exitWords(head)),
  );
  byId('h-summary').before(verdict);
  put(
    verdict,
    byId('h-summary'),
    others.map((other) => h('p', {}, other)),
  );
  put(
    byId('summary'),
    countLinks(),
    [...builds(head), ...head.missing].map((text) => h('p', { class: 'notice' }, text)),
    facts(head),
  );
  document.title = document.title || sentence;
}

/** The worst that any test came to; a run may be red although no test is. @param {any} head */
function runKind(head) {
  if (head.exit_code === 0) return 'pass';
  const worst = KINDS.find((one) => head.counts[one.kind] && one.tone !== 'quarantine');
  if (head.exit_code === 1 && !worst?.isRed) return 'defect';
  return worst?.kind === 'pass' ? 'unjudged' : worst?.kind || 'unjudged';
}

/** @param {any} head */
function runTone(head) {
  return kindOf(runKind(head)).tone;
}

/** @param {any} head */
function exitWords(head) {
  const code = head.exit_code;
  if (code === null) return 'the run was cut short';
  const words = {
    0: 'green',
    1: 'red',
    2: 'interrupted',
    5: 'nothing was checked',
    75: 'not judged',
    130: 'interrupted',
    143: 'stopped',
  };
  return `${words[code] || 'failed'} · exit code ${code}`;
}

function countLinks() {
  const { counts } = run.head;
  const links = Object.keys(counts)
    .sort((one, other) => (RANKS.get(one || 'pass') ?? 99) - (RANKS.get(other || 'pass') ?? 99))
    .filter((kind) => counts[kind])
    .map((kind) =>
      h(
        'li',
        {},
        h(
          'a',
          {
            class: `chip t-${kindOf(kind).tone}`,
            href: `#v=${encodeURIComponent(kind || 'pass')}`,
            'data-kind': kind,
          },
          sign(kind),
          h('b', {}, grouped(counts[kind])),
          ` ${kindOf(kind).word}`,
        ),
      ),
    );
  return h('ul', { class: 'chips', id: 'counts', 'aria-label': 'Tests by verdict' }, links);
}

/** @param {any} head */
function builds(head) {
  return head.builds.length > 1
    ? [
        `${head.builds.length} builds answered in one run: ${head.builds.join(', ')}. ` +
          'What one broke the other may not have.',
      ]
    : [];
}

/** @param {any} head */
function facts(head) {
  const { commit, branch, job, ...others } = head.source;
  return h(
    'dl',
    { class: 'facts' },
    head.target && fact('target', outward(head.target, head.target)),
    head.env && fact('environment', head.env),
    fact('build', head.builds.join(', ') || 'the API names none'),
    commit && fact('commit', [h('code', {}, commit), branch && ` on ${branch}`]),
    job && fact('job', outward(job, job)),
    Object.entries(others).map(([name, value]) => fact(name, value)),
    fact('began', moment(head.began)),
    fact('lasted', lasted(head.took)),
    fact(head.seeds.length > 1 ? 'seeds' : 'seed', head.seeds.join(', ')),
    fact('secrets', many(head.masked, 'value') + ' masked'),
    head.command && fact('command', h('code', {}, head.command), true),
  );
}
