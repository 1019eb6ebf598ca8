// Rejects a description that does not end with a full stop, a summary or the name of a link that does, and
// a list of descriptions that does not have one for each value of the enum.
export default function sentence(target, _, { path, document }) {
  // Strings in examples are values, not documentation.
  if (path.some((key, at) => /^(example|value)$/.test(key) && path[at - 1] !== 'properties')) return [];
  if (Array.isArray(target)) {
    const schema = path.slice(0, -1).reduce((node, key) => node?.[key], document.data);
    const values = schema?.enum?.length ?? 0;
    if (target.length === values) return [];
    return [{ message: `${target.length} descriptions for ${values} values; write one for each` }];
  }
  const isBare = path.at(-1) === 'summary' || path.at(-2) === 'externalDocs';
  // A target that is not a string is a property with that name.
  if (typeof target !== 'string' || target.trimEnd().endsWith('.') !== isBare) return [];
  return [{ message: isBare ? 'ends with a full stop; remove it' : 'does not end with a full stop; add it' }];
}
