// Rejects operations whose errors differ from those of the other operations.
export default function errorStatuses(paths, _, { path }) {
  const operations = Object.entries(paths ?? {}).flatMap(([name, item]) =>
    Object.entries(item ?? {})
      .filter(([, operation]) => operation?.responses)
      .map(([method, operation]) => ({ ...operation, place: [...path, name, method, 'responses'] })),
  );
  // The component of each status, from the first operation that refers to one.
  const components = {};
  for (const [status, response] of operations.flatMap(({ responses }) => Object.entries(responses))) {
    if (!status.startsWith('2')) components[status] ??= response?.$ref;
  }
  const statuses = Object.keys(components);
  const absent = ['4', '5'].filter(digit => !statuses.some(status => status.startsWith(digit)));
  return operations.flatMap(({ operationId, responses, place }) => [
    ...absent.map(digit => ({ message: `${operationId} has no error ${digit}xx; list those it returns`, path: place })),
    ...statuses.flatMap(status => {
      const component = components[status] ?? 'a component';
      if (responses[status]?.$ref === component) return [];
      const message = `${operationId} does not return ${status} as ${component}, as other operations do; refer to it`;
      return [{ message, path: [...place, status] }];
    }),
  ]);
}
