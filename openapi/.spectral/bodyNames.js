// Rejects bodies of an operation whose components are not named after it.
export default function bodyNames(operation, _, { path, documentInventory }) {
  const id = String(operation.operationId);
  const name = id.charAt(0).toUpperCase() + id.slice(1);
  const response = operation['x-pagination'] ? '…Page' : `${name}Response`;
  const expect = (at, wanted) => {
    const place = [...path, ...at];
    const isThere = place.reduce((node, key) => node?.[key], documentInventory.resolved) !== undefined;
    // The path of the referenced component: components, section, name.
    const source = documentInventory.findAssociatedItemForPath(place, true)?.path ?? [];
    const found = source.length === 3 ? source[2] : 'no component';
    const fits = wanted.startsWith('…') ? found.endsWith(wanted.slice(1)) : found === wanted;
    if (!isThere || fits) return [];
    return [{ message: `${id} has ${found} here; name it ${wanted}, or refer to ${wanted}`, path: place }];
  };
  const schema = ['content', 'application/json', 'schema'];
  const successes = Object.keys(operation.responses ?? {}).filter(status => status.startsWith('2'));
  return [
    ...expect(['requestBody'], name),
    ...expect(['requestBody', ...schema], `${name}Request`),
    ...successes.flatMap(status => expect(['responses', status, ...schema], response)),
  ];
}
