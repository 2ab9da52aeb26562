'use strict';
// What the list of tests is filtered by, as chips and fields.

function kindChips() {
  const counts = new Map();
  for (let place = 0; place < run.rows.id.length; place += 1)
    counts.set(kindAt(place), (counts.get(kindAt(place)) || 0) + 1);
  const kinds = [...counts.keys()].sort(
    (one, other) => (RANKS.get(one) ?? 99) - (RANKS.get(other) ?? 99),
  );
  return h(
    'div',
    { id: 'f-kinds', class: 'chips', role: 'group', 'aria-label': 'Show only these verdicts' },
    kinds.map((kind) =>
      h(
        'button',
        {
          type: 'button',
          class: `chip t-${kindOf(kind).tone}`,
          'aria-pressed': 'false',
          'data-kind': kind,
          click: () => flipKind(kind),
        },
        sign(kind),
        h('b', {}, grouped(counts.get(kind))),
        kindOf(kind).word,
      ),
    ),
  );
}

function filterFields() {
  const routes = [...new Set(run.rows.route)].map(said).filter(Boolean).sort(collator.compare);
  const workers = [...new Set(run.health.processes.map(processName))];
  const search = h('input', {
    type: 'search',
    id: 'f-q',
    autocomplete: 'off',
    spellcheck: 'false',
    input: () => turnTo({ q: value('f-q') }),
  });
  return h(
    'div',
    { class: 'filters', role: 'search' },
    h(
      'div',
      {},
      h('label', { for: 'f-q' }, 'Search in names, endpoints, codes and messages'),
      search,
    ),
    choice('f-e', 'Endpoint', routes, () => turnTo({ e: value('f-e') })),
    choice('f-w', 'Worker', workers, () => turnTo({ w: value('f-w') })),
    button(
      'clear',
      () => {
        turnTo({ q: '', v: '', e: '', w: '', g: '' });
        search.focus();
      },
      { id: 'f-clear' },
    ),
  );
}

/** @param {string} id */
function value(id) {
  return byId(id).value;
}

/** @param {string} id @param {string} name @param {string[]} options @param {() => void} act */
function choice(id, name, options, act) {
  return h(
    'div',
    {},
    h('label', { for: id }, name),
    h(
      'select',
      { id, change: act },
      h('option', { value: '' }, 'all'),
      options.map((one) => optionOf(one)),
    ),
  );
}

/** An option holds its value as it is, and shows it as it can be seen. @param {string} text */
function optionOf(text) {
  const option = h('option', {}, plain(text));
  option.value = text;
  return option;
}
