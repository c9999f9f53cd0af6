import * as fc from 'fast-check'

/** Values that a reader may trip over: wrong types, numbers that no number holds, names of every object's prototype. */
const ODD = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    undefined,
    '',
    '__proto__',
    'constructor',
    '%',
    '\u0000',
    '/../',
    [],
    {},
    true,
  ),
  fc.constantFrom<unknown>(Number.MAX_VALUE, -1, 1.5, 2 ** 53, '99999999999999999999999', 'NaN', '1e400'),
  fc.constant(JSON.parse('{"__proto__":{"x":1},"constructor":{"prototype":1},"toString":1}')),
  fc.anything({ maxDepth: 2 }),
  fc.string({ unit: 'binary' }),
)

/** The sample with one to four of its fields, at whatever depth, left out or replaced. */
export function mutated(sample: unknown): fc.Arbitrary<unknown> {
  const paths = pathsOf(sample)
  const change = fc.record({ path: fc.constantFrom(...paths), leaveOut: fc.boolean(), value: ODD })
  return fc
    .array(change, { minLength: 1, maxLength: 4 })
    .map((changes) =>
      changes.reduce((now, { path, leaveOut, value }) => put(now, path, { leaveOut, value }), sample),
    )
}

type Path = readonly string[]

const isBranch = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !ArrayBuffer.isView(value)

function pathsOf(value: unknown): Path[] {
  if (!isBranch(value)) return [[]]
  const below = Object.entries(value).flatMap(([name, inner]) =>
    pathsOf(inner).map((path) => [name, ...path]),
  )
  return [[], ...below]
}

function put(value: unknown, path: Path, change: { leaveOut: boolean; value: unknown }): unknown {
  const [name, ...rest] = path
  if (name === undefined) return change.value
  // An earlier change may have taken away what this one is about.
  if (!isBranch(value)) return value
  if (Array.isArray(value)) return value.map((one, i) => (String(i) === name ? put(one, rest, change) : one))
  const { [name]: inner, ...others } = value
  return rest.length === 0 && change.leaveOut ? others : { ...others, [name]: put(inner, rest, change) }
}
