// node reference.mjs IN OUT: an OpenAPI document, as JSON, rendered by Redoc as one HTML file. The
// text stands in the file, so that it can be read without JavaScript; Redoc itself stands there too.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const React = require('react');
const { renderToString } = require('react-dom/server');
const { ServerStyleSheet } = require('styled-components');
const { Redoc, createStore } = require('redoc');

const OPTIONS = {
  // Its index is of use in a longer document, and is built by a worker.
  disableSearch: true,
  hideDownloadButtons: true,
  nativeScrollbars: true,
  pathInMiddlePanel: true,
  expandResponses: '200',
  schemasExpansionLevel: 'all',
  jsonSamplesExpandLevel: 'all',
  schemaDefinitionsTagName: 'Schemas',
  showExtensions: true,
  theme: {
    rightPanel: { width: '34%' },
    // Fonts that the reader's system has.
    typography: {
      fontFamily: 'system-ui, sans-serif',
      headings: { fontFamily: 'system-ui, sans-serif' },
      code: { fontFamily: 'ui-monospace, monospace' },
    },
  },
};
// Whatever the page holds, the browser asks no host for anything.
const POLICY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:";
// Long paths and values are broken, in place of cut off or pushed out of their column; what a value of
// an enum means stands below it, in place of beside it.
const STYLE = `
  body { margin: 0; padding: 0; }
  .http-verb + span { white-space: normal; }
  .http-verb + span, td, .redoc-json code { overflow-wrap: anywhere; }
  .redoc-json code { white-space: pre-wrap; }
  table:has(> thead) thead { display: none; }
  table:has(> thead) td { display: block; }
  table:has(> thead) td:first-child { border-bottom: 0; font-weight: bold; padding-bottom: 0; }
`;
// The only thing that Redoc fetches from elsewhere, and what stands in for it.
const LOGO = 'https://cdn.redoc.ly/redoc/logo-mini.svg';
const NO_LOGO = 'data:image/svg+xml,%3Csvg xmlns=%22http://www.w3.org/2000/svg%22/%3E';

const [, , from, to] = process.argv;
const document = JSON.parse(readFileSync(from, 'utf8'));
const { title, version } = document.info;
describeEnums(document);
tellRules(document);
const store = await createStore(document, undefined, OPTIONS);
const sheet = new ServerStyleSheet();
const text = renderToString(sheet.collectStyles(React.createElement(Redoc, { store })));
const state = JSON.stringify(await store.toJS()).replaceAll('<', '\\u003c');

writeFileSync(to, `<!DOCTYPE html>
<!--
${licences()}
-->
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(`${title} ${version}`)}</title>
<style>${STYLE}</style>
${sheet.getStyleTags()}
</head>
<body>
<div id="redoc">${text}</div>
<script>${program()}</script>
<script>Redoc.hydrate(${state}, document.getElementById('redoc'));</script>
</body>
</html>
`);

/** Lays `x-enum-descriptions`, a list beside `enum`, out as Redoc reads it: a map. */
function describeEnums(node) {
  if (node === null || typeof node !== 'object') return;
  const texts = node['x-enum-descriptions'];
  if (Array.isArray(node.enum) && Array.isArray(texts)) {
    node['x-enumDescriptions'] = Object.fromEntries(node.enum.map((value, i) => [value, texts[i]]));
    delete node['x-enum-descriptions'];
  }
  Object.values(node).forEach(describeEnums);
}

/** Adds the `x-rules` of a request's schema, which Redoc does not show, to the text on the request. */
function tellRules({ components }) {
  for (const body of Object.values(components?.requestBodies ?? {})) {
    for (const { schema } of Object.values(body.content)) {
      const rules = components.schemas?.[schema?.$ref?.split('/').pop()]?.['x-rules'] ?? [];
      const lines = rules.map((rule) => `\n- ${rule.description}`);
      if (lines.length > 0) body.description = `${body.description ?? ''}\n\nRules that span fields:\n${lines.join('')}`;
    }
  }
}

function program() {
  const parts = file('redoc/bundles/redoc.standalone.js').split(LOGO);
  if (parts.length !== 2) throw new Error(`Redoc names ${LOGO} ${parts.length - 1} times, not once`);
  return parts.join(NO_LOGO).replaceAll('</script', '<\\/script');
}

function licences() {
  const { version } = require('redoc/package.json');
  const notices = file('redoc/bundles/redoc.standalone.js.LICENSE.txt');
  return `Rendered by Redoc ${version}, which this file contains.\n\n${file('redoc/LICENSE')}\n${notices}`
    .replaceAll('-->', '-- >').trimEnd();
}

function file(name) {
  return readFileSync(new URL(`node_modules/${name}`, import.meta.url), 'utf8');
}

function escape(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
