import { schema as validate } from '@stoplight/spectral-functions';

// Rejects values under the given keys of a schema that are not valid for the schema.
export default function validValues(schema, { keys }, context) {
  const { schemas } = context.document.data.components;
  // The validator would treat the `id` of an example as that of a schema.
  const withoutId = (key, value) => (key === 'id' && typeof value === 'string' ? undefined : value);
  const given = keys.filter(key => schema[key] !== undefined);
  return given.flatMap(key => {
    // Includes the targets of all `$ref`s.
    const whole = JSON.parse(JSON.stringify({ ...schema, components: { schemas } }, withoutId));
    const path = [...context.path, key];
    return validate(schema[key], { schema: whole, dialect: 'draft4' }, { ...context, path }) ?? [];
  });
}
