// node page.mjs FOLDER: renders FOLDER/autoscaling.json with Redoc to one HTML file, FOLDER/reference.html. The text
// can be read without JavaScript; menus and tabs need it.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const require = createRequire(import.meta.url);
const React = require('react');
const { renderToString } = require('react-dom/server');
const { ServerStyleSheet } = require('styled-components');
const { Redoc, createStore } = require('redoc');

const OPTIONS = {
  hideDownloadButtons: true,
  nativeScrollbars: true,
  pathInMiddlePanel: true,
  expandResponses: '200',
  schemasExpansionLevel: 'all',
  jsonSamplesExpandLevel: 'all',
  schemaDefinitionsTagName: 'Schemas',
  showExtensions: ['x-default-on-create', 'x-extensible-enum', 'x-observed', 'x-unit'],
};
// The browser makes no request for the page, whatever it contains. A worker builds the search index.
const POLICY = "default-src 'none'; script-src 'unsafe-inline' blob:; worker-src blob:; style-src 'unsafe-inline'; img-src data:";
// Long paths and values wrap instead of overflowing; the description of an enum value is below the value.
const STYLE = `
  body { margin: 0; padding: 0; }
  .http-verb + span { white-space: normal; }
  .http-verb + span, td, .redoc-json code { overflow-wrap: anywhere; }
  .redoc-json code { white-space: pre-wrap; }
  table:has(> thead) thead { display: none; }
  table:has(> thead) td { display: block; }
  table:has(> thead) td:first-child { border-bottom: 0; font-weight: bold; padding-bottom: 0; }
`;
// The only file that Redoc loads from the network, and an empty replacement.
const LOGO = 'https://cdn.redoc.ly/redoc/logo-mini.svg';
const NO_LOGO = 'data:image/svg+xml,%3Csvg xmlns=%22http://www.w3.org/2000/svg%22/%3E';

const folder = process.argv[2];
const document = JSON.parse(readFileSync(join(folder, 'autoscaling.json'), 'utf8'), (key, node) => {
  // Redoc expects the map `x-enumDescriptions`; `x-enum-descriptions` is a list in the order of `enum`.
  const { enum: values, 'x-enum-descriptions': texts, ...others } = node ?? {};
  if (!values || !texts) return node;
  const described = values.map((value, i) => [value, texts[i]]);
  return { ...others, enum: values, 'x-enumDescriptions': Object.fromEntries(described) };
});
const title = `${document.info.title} ${document.info.version}`;
describeRules(document.components);
const store = await createStore(document, undefined, OPTIONS);
const sheet = new ServerStyleSheet();
const text = renderToString(sheet.collectStyles(React.createElement(Redoc, { store })));
const state = JSON.stringify(await store.toJS()).replaceAll('<', '\\u003c');
const program = packaged('redoc/bundles/redoc.standalone.js').split(LOGO);
if (program.length !== 2) throw new Error(`Redoc loads ${LOGO} ${program.length - 1} times, expected 1`);
const licences = packaged('redoc/LICENSE') + packaged('redoc/bundles/redoc.standalone.js.LICENSE.txt');

writeFileSync(join(folder, 'reference.html'), `<!DOCTYPE html>
<!--
Rendered by Redoc, which this file contains.

${licences.replaceAll('-->', '-- >').trimEnd()}
-->
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</title>
<style>${STYLE}</style>
${sheet.getStyleTags()}
</head>
<body>
<div id="redoc">${text}</div>
<script>${program.join(NO_LOGO).replaceAll('</script', '<\\/script')}</script>
<script>Redoc.hydrate(${state}, document.getElementById('redoc'));</script>
</body>
</html>
`);

/** Adds the `x-rules` of a request's schema, which Redoc does not show, to the request's description. */
function describeRules({ requestBodies = {}, schemas }) {
  for (const body of Object.values(requestBodies)) {
    const name = body.content['application/json']?.schema.$ref?.split('/').pop();
    const rules = schemas[name]?.['x-rules']?.map((rule) => `- ${rule.description}`);
    if (rules) body.description = [body.description, '\nRules that span fields:\n', ...rules].join('\n');
  }
}

function packaged(file) {
  return readFileSync(new URL(`node_modules/${file}`, import.meta.url), 'utf8');
}
