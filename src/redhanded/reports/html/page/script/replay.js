'use strict';
// A request as something to run again: for a shell, for Python, for pytest. Where a mask stands,
// the variable stands from which the secret is taken.

const OWN_HEADERS = new Set([
  'accept-encoding',
  'connection',
  'content-length',
  'host',
  'traceparent',
  'tracestate',
]);
const GIVEN_HEADERS = new Set([...OWN_HEADERS, 'accept', 'user-agent', 'authorization']);
const MASKS = new RegExp(`(${MASK})`);
const BARE = /^[\w./:=@%+,-]+$/;

/**
 * What all three are made of.
 * @param {any} attempt
 * @param {any} detail
 * @param {any} round
 */
function requestOf(attempt, detail, round) {
  const told = attempt.told;
  const body = told.request ? detail.bodies?.[told.request] : null;
  const isWhole = !told.request_size || (body && body.text !== undefined && !body.is_cut);
  const headers = told.request_headers.filter(
    ([name, value]) => !OWN_HEADERS.has(name.toLowerCase()) && value !== round.trace,
  );
  return {
    method: attempt.route.split(' ')[0],
    url: told.url,
    headers,
    body: isWhole ? body?.text || '' : '',
    isWhole,
  };
}

/** @param {string} mask */
function variable(mask) {
  const [, name] = MASK_PARTS.exec(mask);
  if (/^(proxy_)?authorization$/i.test(name)) return 'API_TOKEN';
  return (/^\d/.test(name) ? `_${name}` : name).toUpperCase();
}

/**
 * A text for a POSIX shell; what cannot be seen is spelled as bash and zsh read it.
 * @param {string} text
 */
function shellWord(text) {
  if (BARE.test(text) && !MASKS.test(text)) return text;
  return (
    text
      .split(MASKS)
      .filter(Boolean)
      .map((piece) => (isMask(piece) ? `"$${variable(piece)}"` : shellText(piece)))
      .join('') || "''"
  );
}

/**
 * The text with escapes, as bash, zsh and Python read them, for what cannot be seen.
 * @param {string} text
 */
function typed(text) {
  const long = (one) => `\\U${one.codePointAt(0).toString(16).padStart(8, '0')}`;
  return text.replace(/\udb40[\udc00-\udfff]/g, long).replace(HIDDEN, escaped);
}

/** @param {string} text */
function shellText(text) {
  const hidden = typed(text);
  if (hidden === text) return `'${text.replace(/'/g, "'\\''")}'`;
  return `$'${typed(text.replace(/[\\']/g, '\\$&')).replace(/\n/g, '\\n')}'`;
}

/** @param {any} request */
function asCurl(request) {
  const words = ['curl', '--max-time', '30'];
  if (request.method === 'HEAD') words.push('--head');
  else if (request.method !== (request.body ? 'POST' : 'GET')) words.push('-X', request.method);
  words.push(...(/[[\]{}]/.test(request.url) ? ['--globoff'] : []), shellWord(request.url));
  for (const [name, value] of request.headers)
    words.push('-H', shellWord(value ? `${name}: ${value}` : `${name};`));
  if (request.body) words.push('--data-raw', shellWord(request.body));
  return (
    words.join(' ') + (request.isWhole ? '' : "  # the request's body is not whole in this report")
  );
}

/** A text as Python writes it, secrets taken from the environment. @param {string} text */
function pythonText(text) {
  const pieces = text.split(MASKS).filter(Boolean);
  return (
    pieces
      .map((piece) => (isMask(piece) ? `os.environ["${variable(piece)}"]` : pythonString(piece)))
      .join(' + ') || '""'
  );
}

/** @param {string} text */
function pythonString(text) {
  const written = JSON.stringify(text);
  if (!text.includes('"') || text.includes("'")) return typed(written);
  return typed(`'${written.slice(1, -1).replace(/\\"/g, '"')}'`);
}

/** @param {string[][]} headers @param {string} margin */
function pythonHeaders(headers, margin) {
  const repeated = new Set(headers.map(([name]) => name.toLowerCase())).size < headers.length;
  const [open, close, pair] = repeated
    ? ['[', ']', ([name, value]) => `(${pythonText(name)}, ${pythonText(value)})`]
    : ['{', '}', ([name, value]) => `${pythonText(name)}: ${pythonText(value)}`];
  return `headers=${open}\n${headers.map((one) => `${margin}    ${pair(one)},\n`).join('')}${margin}${close}`;
}

/** @param {any} request @param {string} url @param {string[][]} headers @param {string} margin */
function pythonArguments(request, url, headers, margin) {
  const parts = [pythonText(request.method), pythonText(url)];
  if (headers.length) parts.push(pythonHeaders(headers, margin));
  if (request.body) parts.push(`content=${pythonText(request.body)}`);
  return parts.map((part) => `${margin}${part},\n`).join('');
}

/** @param {string} code @param {string[]} imports @param {any} request */
function pythonModule(code, imports, request) {
  const note = request.isWhole ? '' : "# The request's body is not whole in this report.\n";
  return `${note}${code.includes('os.environ') ? 'import os\n\n' : ''}${imports.join('\n')}\n\n${code}`;
}

/** @param {any} request */
function asHttpx2(request) {
  const call = `response = httpx2.request(\n${pythonArguments(request, request.url, request.headers, '    ')}    timeout=30,\n)\n`;
  return pythonModule(
    `${call}print(response.status_code, response.text)\n`,
    ['import httpx2'],
    request,
  );
}

/** @param {any} request @param {string} status what the answer should have */
function asPytest(request, status) {
  const name = request.url
    .replace(/^[a-z]+:\/\/[^/]*/i, '')
    .split('?')[0]
    .replace(/[^A-Za-z0-9]+/g, '_')
    .replace(/^_|_$/g, '')
    .toLowerCase();
  const target = run.head.target.replace(/\/$/, '');
  const isOwn = target && (request.url === target || request.url.startsWith(`${target}/`));
  const headers = request.headers.filter(([one]) => !GIVEN_HEADERS.has(one.toLowerCase()));
  const call = pythonArguments(
    request,
    isOwn ? request.url.slice(target.length) || '/' : request.url,
    headers,
    '        ',
  );
  const code = `def test_${request.method.toLowerCase()}_${name || 'root'}(api):\n    response = api.request(\n${call}    )\n    expect(response, ${status})\n`;
  return pythonModule(`\n${code}`, ['from redhanded import expect'], request);
}

/**
 * The status that the test wanted, as far as a finding says so.
 * @param {any} attempt
 * @param {any} round
 */
function wantedStatus(attempt, round) {
  const own = (round.findings || []).filter((one) => one.attempt === attempt.place);
  const wants = own.flatMap((one) => one.violations).find((one) => one.where === 'status');
  if (wants) return /^[1-5]\d\d$/.test(wants.expected) ? wants.expected : '"2xx"';
  return attempt.isLost ? '"2xx"' : String(attempt.status);
}

/**
 * Put a text on the clipboard; where the browser forbids it, by the old way.
 * @param {string} text
 * @param {string} what
 */
async function copied(text, what) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    if (!copiedByHand(text)) return say(`${what} could not be copied: the browser forbids it`);
  }
  return say(`${what} copied`);
}

/** @param {string} text */
function copiedByHand(text) {
  const field = h('textarea', { 'aria-hidden': 'true' });
  field.value = text;
  document.body.append(field);
  field.select();
  const isDone = document.execCommand('copy');
  field.remove();
  return isDone;
}
