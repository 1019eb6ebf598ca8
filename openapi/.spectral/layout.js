const WIDTH = 100;

// Rejects lines with tabs, with blanks at the end, or with too many characters.
export default function layout(_target, _options, { document }) {
  // A string in JSON can't be split into lines.
  if (document.source?.endsWith('.json')) return [];
  const lines = (document.input ?? '').split(/\r?\n/);
  return lines.flatMap((line, index) => {
    const wrong = fault(line);
    return wrong ? [{ message: `line ${index + 1} ${wrong}`, path: pathAt(index, document) }] : [];
  });
}

function fault(line) {
  if (line.includes('\t')) return 'has a tab; use blanks';
  if (/\s$/.test(line)) return 'ends with a blank; remove it';
  const isLong = [...line].length > WIDTH && !line.includes('https://');
  return isLong ? `is longer than ${WIDTH} characters; break it` : undefined;
}

// The path of the node on a line, since Spectral locates a result by its path.
function pathAt(line, document) {
  const path = [];
  for (let node = document.data; typeof node === 'object'; node = node[path.at(-1)]) {
    const begins = key => document.getRangeForJsonPath([...path, key])?.start.line <= line;
    const key = Object.keys(node ?? {}).findLast(begins);
    if (key === undefined) break;
    path.push(key);
  }
  return path;
}
