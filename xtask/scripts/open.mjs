// node open.mjs CHROMIUM PAGE...: opens each page of this machine's disk in headless Chromium, once with
// JavaScript and once without, and prints what it saw, as JSON: a list of
// {requests, failed, errors, sections, pressed, staticSections}. The sections are the texts of all visible
// elements that have an id; pressed says whether pressing the page's buttons changed any.
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const FLAGS = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync',
];
const [, , executablePath, ...pages] = process.argv;
const browser = await chromium.launch({ executablePath, args: FLAGS });
try {
  const seen = [];
  for (const page of pages) seen.push(await opened(pathToFileURL(page).href));
  console.log(JSON.stringify(seen));
} finally {
  await browser.close();
}

async function opened(url) {
  const context = await browser.newContext();
  const page = await context.newPage();
  const [requests, failed, errors] = [[], [], []];
  const open = new Set();
  page.on('request', (request) => requests.push(request.url()) && open.add(request));
  page.on('requestfinished', (request) => open.delete(request));
  page.on('requestfailed', (request) => failed.push(request.url()) && open.delete(request));
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  page.on('pageerror', (error) => errors.push(String(error)));
  await page.goto(url, { waitUntil: 'networkidle' });
  const sections = await texts(page);
  await page.evaluate(() => document.querySelectorAll('button, [role]').forEach((element) => element.click()));
  do await page.waitForTimeout(500); while (open.size > 0);
  const pressed = JSON.stringify(await texts(page)) !== JSON.stringify(sections);
  await context.close();

  const withoutScripts = await browser.newContext({ javaScriptEnabled: false });
  const still = await withoutScripts.newPage();
  await still.goto(url);
  const staticSections = await texts(still);
  await withoutScripts.close();
  return { requests, failed, errors, sections, pressed, staticSections };
}

function texts(page) {
  return page.evaluate(() => Object.fromEntries(
    [...document.querySelectorAll('[id]')]
      .filter((element) => element.checkVisibility())
      .map((element) => [element.id, element.innerText]),
  ));
}
