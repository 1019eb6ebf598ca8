// PUBLISHED=FOLDER node --test page.test.mjs: tests FOLDER/reference.html in headless Chromium.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { chromium } from 'playwright-core';

const folder = process.env.PUBLISHED;
const openapi = JSON.parse(readFileSync(join(folder, 'autoscaling.json'), 'utf8'));
let browser;
before(async () => {
  const executablePath = execFileSync('which', ['chromium'], { encoding: 'utf8' }).trim();
  browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
});
after(() => browser.close());

/** Opens a page with and without JavaScript. Waits until its buttons have an effect, if they should. */
async function open(url, hasEffect) {
  const seen = { complaints: [] };
  for (const javaScriptEnabled of [true, false]) {
    const page = await browser.newPage({ javaScriptEnabled });
    const complain = (what, detail) => seen.complaints.push(`${what}: ${detail}`);
    // The worker of the search is created from a blob.
    const isOwn = (request) => request.url() === url || request.url().startsWith('blob:');
    page.on('request', (request) => isOwn(request) || complain('requested', request.url()));
    page.on('console', (message) => message.type() === 'error' && complain('error', message.text()));
    page.on('pageerror', (error) => complain('error', error.message));
    await page.goto(url);
    await page.waitForLoadState('networkidle');
    const before = await page.evaluate(sections);
    seen[javaScriptEnabled ? 'scripted' : 'static'] = before;
    if (javaScriptEnabled) await page.evaluate(click);
    const isSame = async () => isDeepStrictEqual(await page.evaluate(sections), before);
    while (hasEffect && javaScriptEnabled && await isSame()) await page.waitForTimeout(100);
    await page.close();
  }
  return seen;
}

/** The texts of visible elements, by ID. */
function sections() {
  const visible = [...document.querySelectorAll('[id]')].filter((element) => element.checkVisibility());
  return Object.fromEntries(visible.map((element) => [element.id, element.innerText]));
}

function click() {
  document.querySelectorAll('button, [role]').forEach((element) => element.click());
  return new Promise((done) => requestIdleCallback(done));
}

/** The faults of an opened page: requests, errors, operations that are not shown. */
function complaints(seen, paths) {
  const operations = Object.entries(paths).flatMap(([path, item]) => Object.entries(item).map(
    ([method, { operationId, summary }]) => ({ id: operationId, texts: [path, method.toUpperCase(), summary] }),
  ));
  const missing = (how) => operations.filter(({ id, texts }) => !Object.entries(seen[how]).some(
    ([section, text]) => section.endsWith(id) && texts.every((part) => text.includes(part)),
  ));
  const shown = ['scripted', 'static'].flatMap((how) => missing(how).map(({ id }) => `not ${how}: ${id}`));
  return [...seen.complaints, ...shown];
}

test('the page is complete, works, and makes no request', { timeout: 120_000 }, async () => {
  const seen = await open(pathToFileURL(join(folder, 'reference.html')).href, true);
  assert.deepEqual(complaints(seen, openapi.paths), []);
  const text = Object.values(seen.static).join(' ').replace(/\s+/g, ' ');
  for (const [name, schema] of Object.entries(openapi.components.schemas)) {
    assert.ok(Object.keys(seen.static).some((id) => id.endsWith(`/${name}`)), name);
    const meanings = schema['x-enum-descriptions']?.map((meaning, i) => `${schema.enum[i]} ${meaning}`) ?? [];
    const rules = schema['x-rules']?.map((rule) => rule.description) ?? [];
    for (const expected of [...meanings, ...rules]) assert.ok(text.includes(expected), expected);
  }
});

test('the search finds a schema', { timeout: 120_000 }, async () => {
  const page = await browser.newPage();
  await page.goto(pathToFileURL(join(folder, 'reference.html')).href);
  await page.getByRole('textbox').first().pressSequentially('cooldown', { delay: 50 });
  await page.getByRole('menuitem', { name: 'CoolDownTime' }).first().waitFor();
  await page.close();
});

const SHOWN = '<section id="op/lend"><h2>Lend a book</h2><p>PUT /books</p></section>';
const FOREIGN = 'http://127.0.0.2:9/font.css';
for (const [page, ...expected] of [
  [SHOWN],
  [SHOWN.replace('/books', '/shelves'), 'not scripted: lend', 'not static: lend'],
  [`<div hidden>${SHOWN}</div>`, 'not scripted: lend', 'not static: lend'],
  [`<script>document.write('${SHOWN.replaceAll('</', '<\\/')}')</script>`, 'not static: lend'],
  [`${SHOWN}<script>throw new Error('broken')</script>`, 'error: broken'],
  [`${SHOWN}<script>console.error('broken')</script>`, 'error: broken'],
  [`${SHOWN}<img src="${FOREIGN}">`, `requested: ${FOREIGN}`, 'error: Failed to load resource: net::ERR'],
  [`${SHOWN}<button onclick="fetch('${FOREIGN}')">More</button>`, `requested: ${FOREIGN}`],
]) {
  test(`a page with ${page} is ${expected.length > 0 ? 'rejected' : 'accepted'}`, async () => {
    const paths = { '/books': { put: { operationId: 'lend', summary: 'Lend a book' } } };
    const found = complaints(await open(`data:text/html,${encodeURIComponent(page)}`), paths);
    const missing = expected.filter((start) => !found.some((one) => one.startsWith(start)));
    assert.deepEqual({ missing, any: found.length > 0 }, { missing: [], any: expected.length > 0 }, found.join());
  });
}
