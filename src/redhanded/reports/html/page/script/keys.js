'use strict';
// The page by keys alone, and its colours.

const KEYS = [
  ['/', 'search the tests'],
  ['j k', 'next, previous test'],
  ['f', 'next failure'],
  ['Enter', 'open the test'],
  ['Escape', 'close it'],
  ['c', 'copy the opened request as curl'],
  ['?', 'this help'],
];
const THEMES = ['', 'light', 'dark'];

function listenToKeys() {
  const close = button('close', () => byId('help').close());
  put(
    byId('help'),
    h('h2', { id: 'h-help' }, 'Keys'),
    h(
      'dl',
      {},
      KEYS.map(([key, what]) => [
        h(
          'dt',
          {},
          key.split(' ').map((one) => [h('kbd', {}, one), ' ']),
        ),
        h('dd', {}, what),
      ]),
    ),
    close,
  );
  byId('keys').addEventListener('click', help);
  byId('theme').addEventListener('click', () => {
    setTheme(THEMES[(THEMES.indexOf(document.documentElement.dataset.theme || '') + 1) % 3]);
  });
  document.addEventListener('keydown', pressed);
  setTheme(remembered());
}

function help() {
  byId('help').showModal();
}

/** @param {KeyboardEvent} event */
function pressed(event) {
  const target = event.target;
  const isTyping = /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName);
  if (event.ctrlKey || event.metaKey || event.altKey || byId('help').open) return;
  if (event.key === 'Escape' && isTyping) return target.blur();
  const act = isTyping
    ? null
    : {
        '/': search,
        '?': help,
        j: () => move(1),
        k: () => move(-1),
        f: fail,
        c: copyOpened,
        Escape: leave,
      }[event.key];
  if (!act) return;
  event.preventDefault();
  act();
}

function search() {
  if (state.t) leaveTest();
  byId('f-q').scrollIntoView({ block: 'center' });
  byId('f-q').focus();
}

/** @param {number} way */
function move(way) {
  if (!openView) return goToRow(list.here + way);
  const place = list.order[list.order.indexOf(openView.place) + way];
  if (place !== undefined) turnTo({ t: run.rows.id[place] });
}

function fail() {
  const from = openView ? list.order.indexOf(openView.place) : list.here;
  const number = nextFailure(from) < 0 ? nextFailure(-1) : nextFailure(from);
  if (number < 0) return say('no test of this list failed');
  return openView ? turnTo({ t: run.rows.id[list.order[number]] }) : goToRow(number);
}

function copyOpened() {
  const attempt = openView?.here;
  if (!attempt?.told) return say('open a request first');
  return copied(asCurl(requestOf(attempt, openView.detail, openView.round)), 'curl');
}

function leave() {
  if (state.t) turnTo({ t: '' });
}

/** The colours that were chosen before; a browser may forbid to remember. */
function remembered() {
  try {
    return localStorage.getItem('redhanded-theme') || '';
  } catch {
    return '';
  }
}

/** @param {string} theme */
function setTheme(theme) {
  const known = THEMES.includes(theme) ? theme : '';
  if (known) document.documentElement.dataset.theme = known;
  else delete document.documentElement.dataset.theme;
  byId('theme').setAttribute('aria-label', `Colours: ${known || 'as the system'}`);
  byId('theme').title = `Colours: ${known || 'as the system'}`;
  try {
    localStorage.setItem('redhanded-theme', known);
  } catch {
    // Then the next report asks the system again.
  }
}
