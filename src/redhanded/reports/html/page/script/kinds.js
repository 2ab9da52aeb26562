'use strict';
// The verdicts and what else a test may come to: word, sign and tone, from the worst to the best.

const KINDS = [
  {
    kind: 'defect',
    word: 'defect',
    tone: 'defect',
    letter: 'D',
    isRed: true,
    sign: 'M6 1.2a4.8 4.8 0 1 0 .01 0M4.2 4.2l3.6 3.6M7.8 4.2L4.2 7.8',
  },
  {
    kind: 'drift',
    word: 'drift',
    tone: 'drift',
    letter: 'C',
    isRed: true,
    sign: 'M1.5 4.2h9M1.5 7.8h9M8.2 1.5L3.8 10.5',
  },
  {
    kind: 'slow',
    word: 'slow',
    tone: 'slow',
    letter: 'S',
    isRed: true,
    sign: 'M6 1.2a4.8 4.8 0 1 0 .01 0M6 3.4V6l1.8 1.4',
  },
  {
    kind: 'test_bug',
    word: 'test bug',
    tone: 'test_bug',
    letter: 'T',
    isRed: true,
    sign: 'M2 2h8v8H2zM6 3.8v2.6M6 8.2v.1',
  },
  {
    kind: 'unjudged',
    word: 'no verdict',
    tone: 'inconclusive',
    letter: 'I',
    isRed: true,
    sign: 'M4 4.2a2 2 0 1 1 2.9 1.8c-.6.3-.9.7-.9 1.3M6 9.8v.1',
  },
  {
    kind: 'inconclusive',
    word: 'inconclusive',
    tone: 'inconclusive',
    letter: 'I',
    sign: 'M4 4.2a2 2 0 1 1 2.9 1.8c-.6.3-.9.7-.9 1.3M6 9.8v.1',
  },
  {
    kind: 'recovered',
    word: 'recovered',
    tone: 'recovered',
    letter: 'R',
    sign: 'M10 6a4 4 0 1 1-1.2-2.9M9.4 1v2.4H7',
  },
  {
    kind: 'redhanded.quarantine',
    word: 'quarantined',
    tone: 'quarantine',
    letter: 'Q',
    sign: 'M3 5.5h6v4.7H3zM4.2 5.5V4a1.8 1.8 0 0 1 3.6 0v1.5',
  },
  {
    kind: 'pytest.xpass',
    word: 'passed unexpectedly',
    tone: 'skip',
    letter: 'X',
    sign: 'M2 6.5l2.6 2.7L10 3.2',
  },
  {
    kind: 'pytest.xfail',
    word: 'expected to fail',
    tone: 'skip',
    letter: 'X',
    sign: 'M2 6h5M8 3l3 3-3 3',
  },
  { kind: 'pytest.skip', word: 'skipped', tone: 'skip', letter: '-', sign: 'M2.5 6h7' },
  { kind: 'pass', word: 'pass', tone: 'pass', letter: '.', sign: 'M2 6.5l2.6 2.7L10 3.2' },
];
const OTHER_KIND = { kind: '', word: 'other', tone: 'skip', letter: '?', sign: 'M6 6v.1' };
const RANKS = new Map(KINDS.map((one, rank) => [one.kind, rank]));
const PAST = {
  D: ['defect', 12, 'defect'],
  C: ['drift', 12, 'drift'],
  S: ['slow', 12, 'slow'],
  T: ['test_bug', 12, 'test bug'],
  I: ['inconclusive', 8, 'inconclusive'],
  R: ['recovered', 6, 'recovered'],
  '.': ['pass', 3, 'pass'],
  '-': ['skip', 1.5, 'skipped'],
  '?': ['skip', 8, 'cut short'],
};

/** @param {string} kind */
function kindOf(kind) {
  return KINDS[RANKS.get(kind || 'pass') ?? -1] || { ...OTHER_KIND, kind, word: kind };
}

/** @param {string} kind */
function sign(kind) {
  return s(
    'svg',
    { width: 13, height: 13, viewBox: '0 0 12 12', 'aria-hidden': 'true', class: 'stroke' },
    s('path', { d: kindOf(kind).sign }),
  );
}

/** The verdict as icon and word in its colour. @param {string} kind */
function badge(kind) {
  const known = kindOf(kind);
  return h('span', { class: `k t-${known.tone}` }, sign(kind), known.word);
}

/**
 * A headline without the verdict and the code that stand beside it.
 * @param {string | undefined} headline
 * @param {string} code
 */
function factOf(headline, code) {
  const [head, ...rest] = (headline || '').split(`${code}: `);
  return code && rest.length && /^[A-Z ]*$/.test(head) ? rest.join(`${code}: `) : headline || '';
}

/** The last runs as strokes: the worse, the taller. @param {string} past */
function sparkline(past) {
  if (!past) return h('span', { class: 'soft' }, '–');
  const letters = [...past].slice(-30);
  const strokes = letters.map((letter, place) => {
    const [tone, height] = PAST[letter] || PAST['?'];
    return s('rect', {
      class: `tonefill t-${tone}`,
      x: place * 4,
      y: 14 - height,
      width: 3,
      height,
    });
  });
  return s(
    'svg',
    { width: 120, height: 14, role: 'img', 'aria-label': pastWords(letters) },
    strokes,
  );
}

/** @param {string[]} letters */
function pastWords(letters) {
  const counts = new Map();
  for (const letter of letters) {
    const word = (PAST[letter] || PAST['?'])[2];
    counts.set(word, (counts.get(word) || 0) + 1);
  }
  const told = [...counts].map(([word, count]) => `${count} ${word}`);
  return `last ${many(letters.length, 'run')}: ${told.join(', ')}`;
}
