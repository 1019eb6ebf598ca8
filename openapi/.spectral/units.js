// The units, grouped by kind.
const KINDS = [
  ['milliseconds', 'seconds', 'minutes', 'hours', 'days'],
  ['kbit/s', 'Mbit/s', 'Gbit/s'],
  ['instances'],
  ['percent'],
];
const UNITS = KINDS.flat();
// Words in the description of an integer that has no unit.
const WITHOUT = ['code', 'entries', 'entry', 'port', 'share'];

// Rejects a missing or inconsistent unit of a schema, or of a parameter, whose description is outside of its schema.
export default function units(target, _, { path }) {
  // A choice has no unit; the schema that uses it has one.
  if (Object(target) !== target || target.oneOf || path.includes('oneOf')) return [];
  const { schema = target, description = '' } = target;
  const message = fault(schema, String(description));
  return message ? [{ message }] : [];
}

function fault(schema, description) {
  // The schema that `allOf` wraps.
  const meant = schema?.allOf?.[0] ?? schema;
  const unit = schema?.['x-unit'] ?? meant?.['x-unit'];
  const words = description.replaceAll('percentage', 'percent').split(/[^\p{L}\p{N}/_]+/u);
  const one = unit => unit.replace(/^(\w+)s$/, '$1');
  const named = UNITS.filter(unit => words.includes(unit) || words.includes(one(unit)));
  if (unit === undefined) {
    const types = [meant, ...[].concat(meant?.oneOf ?? [])].map(each => each?.type);
    if (!types.includes('integer') || named.length > 1 || words.some(word => WITHOUT.includes(word))) return undefined;
    if (named.length === 1) return `the description names ${named[0]}; add x-unit: ${named[0]}`;
    return 'an integer without x-unit; add it, and name the unit in the description';
  }
  const kind = KINDS.find(kind => kind.includes(unit));
  if (!kind) return `the x-unit ${unit} is not one of ${UNITS.join(', ')}`;
  const other = named.find(other => other !== unit && kind.includes(other));
  if (other) return `the description names ${other}, the x-unit is ${unit}; use ${unit}`;
  return named.includes(unit) ? undefined : `the x-unit is ${unit}; name ${unit} in the description too`;
}
