// Rejects invalid names of examples: of components, of parameters, and of references to components in bodies.
export default function exampleName(example, _, { path, document }) {
  const name = String(path.at(-1));
  if (path.at(-4) === 'content') {
    const component = String(example.$ref).split('/').at(-1);
    return name === component ? [] : [{ message: `${name} refers to the example ${component}; use that name` }];
  }
  const [, id, kind] = name.match(/^(.+)(Request|Response)$/) ?? [];
  const operations = Object.values(document.data.paths ?? {}).flatMap(item => Object.values(item ?? {}));
  const named = operations.filter(operation => operation?.operationId === id);
  if (path[1] === 'examples') {
    return id === undefined || named.length > 0 ? [] : [{ message: `${name} is not named after an operation; rename it` }];
  }
  const parameter = `#/components/parameters/${path[2]}`;
  const takes = ({ parameters }) => [].concat(parameters ?? []).some(each => each?.$ref === parameter);
  if (kind === 'Request' && named.some(takes)) return [];
  return [{ message: `${name} is not the request of an operation that takes the parameter; rename it` }];
}
