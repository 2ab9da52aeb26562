'use strict';
// The start: what a reader needs first is drawn first, all else when the browser has time.

const SECTIONS = [
  ['summary', 'Summary'],
  ['failures', 'Failures'],
  ['tests', 'Tests'],
  ['endpoints', 'Endpoints'],
  ['latency', 'Latency'],
  ['health', 'Health'],
  ['trends', 'Trends'],
  ['provenance', 'Provenance'],
];
const LATER = [showEndpoints, showLatency, showHealth, showTrends, showProvenance];

/** Take on what the address says: a state, or a section to go to. */
function follow() {
  const given = readAddress();
  if (!given) return goToSection(location.hash.slice(1));
  const hasChanged = Object.keys(EMPTY).some((key) => key !== 't' && given[key] !== state[key]);
  const wasOpen = Boolean(state.t);
  state = given;
  if (hasChanged) showTests();
  if (state.t) return openTest(state.t);
  closeTest();
  if (hasChanged && !wasOpen) goToSection('tests');
  return undefined;
}

/** @param {string} id */
function goToSection(id) {
  const heading = document.getElementById(`h-${id}`);
  if (!heading || !SECTIONS.some(([known]) => known === id)) return;
  if (state.t) leaveTest();
  heading.scrollIntoView({ block: 'start' });
  heading.focus({ preventScroll: true });
}

function showNavigation() {
  put(
    byId('nav'),
    h(
      'ul',
      {},
      SECTIONS.map(([id, name]) =>
        h(
          'li',
          {},
          h(
            'a',
            {
              href: `#${id}`,
              click: (event) => {
                event.preventDefault();
                goToSection(id);
                if (!Object.values(state).some(Boolean)) history.replaceState(null, '', `#${id}`);
              },
            },
            name,
          ),
        ),
      ),
    ),
  );
}

/**
 * Draw one section after the other, letting the browser paint in between.
 * @param {(() => void)[]} sections
 */
function drawLater(sections) {
  const [next, ...others] = sections;
  if (!next) {
    document.documentElement.dataset.ready = 'all';
    if (!readAddress()) goToSection(location.hash.slice(1));
    return;
  }
  next();
  setTimeout(() => drawLater(others));
}

/** Say why there is nothing to see. @param {any} error */
function complain(error) {
  const reason =
    typeof DecompressionStream === 'undefined'
      ? 'this browser is too old to unpack it'
      : error.message || String(error);
  fill(
    byId('alert'),
    `The report cannot be shown: ${reason}. The list of failures is in the source of this page; ` +
      "the run's folder has everything else.",
  );
  document.getElementById('waiting')?.remove();
  document.documentElement.dataset.ready = 'damaged';
}

async function start() {
  await readIndex().catch(() => {
    throw new Error('the file is damaged, its data cannot be unpacked');
  });
  showBanner();
  showFailures();
  showTestsSection();
  showNavigation();
  listenToKeys();
  window.addEventListener('hashchange', follow);
  document.documentElement.dataset.ready = 'first';
  follow();
  setTimeout(() => drawLater(LATER));
}

start().catch(complain);
