const BOUNDS = [
  'enum', 'format', 'items', 'maxItems', 'maxLength', 'maximum', 'minItems', 'minLength', 'minimum', 'pattern',
];

// Rejects bounds in the schemas of a resolved document that are not components.
export default function boundInComponent(schema, _, { path, documentInventory }) {
  const bound = BOUNDS.find(key => schema?.[key] !== undefined);
  const source = documentInventory.findAssociatedItemForPath(path, true)?.path ?? [];
  const isComponent = source.length === 3 && source[1] === 'schemas';
  if (bound === undefined || isComponent) return [];
  const message = `${bound} is in a request outside of a component; move it to components/schemas, and refer to it`;
  return [{ message }];
}
