import type { Case, CaseName } from './adapters-cases.ts'
import { median } from './report.ts'

/** One process measures one case: what another platform's calls have taught the compiler must not count here. */
const LOAD: { readonly [N in CaseName]: () => Promise<object> } = {
  'aws json': async () => (await import('./adapters-aws.ts')).awsJson(),
  'aws binary': async () => (await import('./adapters-aws.ts')).awsBinary(),
  'gcp json': async () => (await import('./adapters-gcp.ts')).gcpJson(),
  'azure json': async () => (await import('./adapters-azure.ts')).azureJson(),
}

export interface Measured {
  /** p50 over the rounds of the time of one call, by contender. */
  readonly microseconds: Readonly<Record<string, number>>
  /** Contenders that were not measured, since their answer is wrong, and how. */
  readonly wrong: Readonly<Record<string, string>>
}

export interface Effort {
  readonly rounds: number
  readonly calls: number
}

/** Each contender answers once and is looked at; those that are right are timed in turn. */
export async function measureCase(name: CaseName, { rounds, calls }: Effort): Promise<Measured> {
  // Each platform has types of its own, which fit together within its case alone.
  const one = (await LOAD[name]()) as Case
  const wrong: Record<string, string> = {}
  for (const [contender, answer] of Object.entries(one.contenders)) {
    const found = await wrongOf(one, answer)
    if (found !== undefined) wrong[contender] = found
  }
  const right = Object.entries(one.contenders).filter(([contender]) => !(contender in wrong))
  const times = new Map(right.map(([contender]) => [contender, [] as number[]]))
  // As many rounds again come first, for the compiler.
  for (let round = -rounds; round < rounds; round++)
    for (const [contender, answer] of right) {
      const microseconds = await timed(one, answer, calls)
      if (round >= 0) times.get(contender)?.push(microseconds)
    }
  const microseconds = [...times].map(([contender, all]) => [contender, median(all)] as const)
  return { microseconds: Object.fromEntries(microseconds), wrong }
}

type Answer = Case['contenders'][string]

async function wrongOf(one: Case, answer: Answer): Promise<string | undefined> {
  try {
    const native = one.fresh()
    return one.wrong(await answer(native), native)
  } catch (error) {
    return `it throws: ${error instanceof Error ? error.message : error}`
  }
}

/** Microseconds of one call, over several one after the other. */
async function timed(one: Case, answer: Answer, calls: number): Promise<number> {
  const natives = Array.from({ length: calls }, () => one.fresh())
  const begun = performance.now()
  for (const native of natives) await answer(native)
  return ((performance.now() - begun) / calls) * 1000
}

if (import.meta.main) {
  const [name, rounds, calls] = process.argv.slice(2)
  const measured = await measureCase(name as CaseName, { rounds: Number(rounds), calls: Number(calls) })
  process.send?.(measured, () => process.exit(0))
}
