import {
  isContract,
  isTest,
  lineOf,
  type SourceFile,
  type Violation,
  withoutComments,
} from './house-files.ts'

/** What core may not take from around it, and the port that gives it instead. */
const OUTSIDE: readonly { readonly seen: RegExp; readonly instead: string }[] = [
  // Not `./process.ts`.
  { seen: /(?<!\/)\bprocess\s*\.\s*\w+/g, instead: 'config comes as an argument' },
  { seen: /\bDate\.now\s*\(/g, instead: 'the time comes from the clock port' },
  { seen: /\bnew\s+Date\s*\(\s*\)/g, instead: 'the time comes from the clock port' },
  { seen: /\bperformance\.now\s*\(/g, instead: 'the time comes from the clock port' },
  { seen: /\bset(?:Timeout|Interval)\s*\(/g, instead: 'waiting is clock.sleep' },
  { seen: /\bMath\.random\s*\(/g, instead: 'randomness comes from the ids port' },
  { seen: /\brandom(?:UUID|Bytes|Int)\b/g, instead: 'randomness comes from the ids port' },
  { seen: /\bgetRandomValues\b/g, instead: 'randomness comes from the ids port' },
  // Not `provider.fetch(ref)`, nor where such a method is declared.
  { seen: /(?<!\.)\bfetch\s*\((?!\w+:)/g, instead: 'the network is a port' },
  { seen: /\bconsole\s*\.\s*\w+/g, instead: 'lines go to ctx.log' },
]

/** core takes time, randomness, environment and network as arguments. */
export function outsideViolations(files: readonly SourceFile[]): Violation[] {
  const core = files.filter(({ path }) => path.startsWith('core/') && !isTest(path) && !isContract(path))
  return core.flatMap(({ path, text }) => {
    const code = withoutComments(text)
    return OUTSIDE.flatMap(({ seen, instead }) =>
      [...code.matchAll(seen)].map((m) => ({
        path,
        says: `line ${lineOf(code, m.index)} has ${m[0].trim()}: ${instead}`,
      })),
    )
  })
}
