'use strict';
// What did not hold, each reason once.

const FIRST_TESTS = 5;

function showFailures() {
  const section = sectionOf('failures', 'Failures by signature');
  if (!run.groups.length)
    return put(section, h('p', { class: 'empty' }, 'Nothing failed, and weather took nothing.'));
  return put(section, run.groups.map(groupShown));
}

/** @param {any} group @param {number} number */
function groupShown(group, number) {
  const kind = group.is_quarantined ? 'redhanded.quarantine' : group.kind;
  const count = group.tests.length;
  const tests = h('ul');
  const meta = [
    badge(kind),
    h('code', {}, group.code),
    h('span', {}, group.title),
    h('span', {}, many(count, 'test')),
    group.unsent && h('span', {}, `${group.unsent} of them held back because of it`),
  ];
  return h(
    'div',
    { class: `group t-${kindOf(kind).tone}`, 'data-kind': kind, id: `group-${number}` },
    h('div', { class: 'meta' }, meta),
    h('h3', {}, factOf(group.headline, group.code)),
    group.routes.length > 0 &&
      h(
        'p',
        { class: 'soft mono' },
        group.routes.slice(0, 4).join(', '),
        group.routes.length > 4 && ` and ${group.routes.length - 4} more`,
      ),
    some(group.tests, FIRST_TESTS, (place) => testLink(place, group), tests),
    count > FIRST_TESTS && h('p', {}, inward(`g=${number}`, `list all ${grouped(count)}`)),
  );
}

/** @param {number} place @param {any} group */
function testLink(place, group) {
  const quarantine = run.rows.quarantine[place];
  const own = run.rows.headline[place];
  const link = h(
    'a',
    { href: `#t=${run.rows.id[place]}`, 'data-test': run.rows.id[place] },
    nameAt(place),
  );
  return h(
    'li',
    {},
    link,
    quarantine &&
      h('span', { class: 'soft' }, ` quarantined for ${quarantine[0]} until ${quarantine[1]}`),
    group.is_quarantined && h('span', { class: 'soft' }, ` · ${kindOf(group.kind).word}`),
    kindOf(group.kind).isRed &&
      group.tests.length > 1 &&
      own &&
      own !== group.headline &&
      h('div', { class: 'soft' }, factOf(own, group.code)),
  );
}

/**
 * A section of the overview with its heading, ready to be filled.
 * @param {string} id
 * @param {string} title
 */
function sectionOf(id, title) {
  const section = h(
    'section',
    { id, 'aria-labelledby': `h-${id}` },
    h('h2', { id: `h-${id}`, tabindex: -1 }, title),
  );
  byId('overview').append(section);
  return section;
}
