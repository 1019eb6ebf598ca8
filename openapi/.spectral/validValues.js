import { schema as validate } from '@stoplight/spectral-functions';

// Rejects values of a schema, under the keys, that are not valid for it.
export default function validValues(schema, { keys }, context) {
  const { schemas } = context.document.data.components;
  // The `id` of an example is not that of a schema.
  const withoutId = (key, value) => (key === 'id' && typeof value === 'string' ? undefined : value);
  const given = keys.filter(key => schema[key] !== undefined);
  return given.flatMap(key => {
    // With all that a `$ref` can lead to.
    const whole = JSON.parse(JSON.stringify({ ...schema, components: { schemas } }, withoutId));
    const path = [...context.path, key];
    return validate(schema[key], { schema: whole, dialect: 'draft4' }, { ...context, path }) ?? [];
  });
}
