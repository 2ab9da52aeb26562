'use strict';
// What the run was made with, so that it can be made again.

function showProvenance() {
  const section = sectionOf('provenance', 'Provenance');
  const { parts, masked, links } = run.provenance;
  put(
    section,
    parts.map((part) => partShown(part, parts.length > 1)),
    h(
      'div',
      { class: 'duo' },
      h(
        'div',
        {},
        h('h3', {}, 'Masked values'),
        masked.length
          ? pairsTable('Masked values', 'Name', 'Times', masked)
          : h('p', { class: 'empty' }, 'No value had to be masked.'),
      ),
      h(
        'div',
        {},
        h('h3', {}, 'Other files of this run'),
        links.length
          ? h(
              'ul',
              {},
              links.map(([what, href]) =>
                h('li', {}, nearby(href, what), ' ', h('code', { class: 'soft' }, href)),
              ),
            )
          : h('p', { class: 'empty' }, 'There are none.'),
      ),
    ),
  );
}

/** @param {any} part @param {boolean} isOneOfMany */
function partShown(part, isOneOfMany) {
  const inside = [
    h(
      'dl',
      { class: 'facts' },
      fact('run', part.name),
      part.shard && fact('shard', part.shard),
      fact('seed', part.seed),
      fact('platform', part.platform),
      Object.entries(part.source).map(([name, text]) => fact(name, text)),
      fact('command', h('code', {}, part.command.join(' ')), true),
    ),
    part.notes.map((note) => h('p', { class: 'notice' }, note)),
    h(
      'div',
      { class: 'duo' },
      h(
        'div',
        {},
        h('h3', {}, 'Versions'),
        pairsTable('Versions', 'Of', 'Version', Object.entries(part.versions)),
      ),
      h(
        'div',
        {},
        h('h3', {}, 'Plugins'),
        pairsTable('Plugins', 'Plugin', 'Version', Object.entries(part.plugins)),
      ),
    ),
    h('h3', {}, 'Settings'),
    table(
      'Settings',
      ['Key', 'Value', 'From'],
      part.settings.map(([key, text, origin]) =>
        h(
          'tr',
          {},
          h('th', { scope: 'row', class: 'mono' }, key),
          h('td', { class: 'mono' }, text),
          h('td', {}, origin),
        ),
      ),
    ),
  ];
  return isOneOfMany ? h('details', {}, h('summary', {}, part.name), inside) : h('div', {}, inside);
}

/** @param {string} caption @param {string} one @param {string} other @param {any[]} pairs */
function pairsTable(caption, one, other, pairs) {
  return table(
    caption,
    [one, other],
    pairs.map(([name, text]) => h('tr', {}, h('th', { scope: 'row' }, name), h('td', {}, text))),
  );
}
