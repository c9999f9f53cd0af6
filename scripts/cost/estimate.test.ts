import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CLOUDS, type Cloud } from '../../cdktf/shared/environment.ts'
import { loadManifests } from '../../cdktf/shared/manifests.ts'
import type { PlannedFunction } from '../../cdktf/shared/plan.ts'
import { planOf } from '../../cdktf/shared/plan.ts'
import { runScript } from '../testing/run-script.ts'
import { estimate, idle } from './estimate.ts'
import { total } from './price.ts'
import { AWS, AZURE, GCP, NEON } from './prices.ts'
import type { SynthesizedStack } from './standing.ts'
import { readWish, type Traffic } from './wish.ts'

/** One function of a kind, of sizes that are easy to count with. */
const PLAN: readonly PlannedFunction[] = [
  { name: 'api', kind: 'http', memoryMb: 512, timeoutSeconds: 10, trigger: { http: [] }, uses: {} },
  {
    name: 'on',
    kind: 'on',
    memoryMb: 1024,
    timeoutSeconds: 10,
    trigger: { event: 'e', attempts: 1 },
    uses: {},
  },
  { name: 'sweep', kind: 'cron', memoryMb: 1024, timeoutSeconds: 10, trigger: { every: '1 hour' }, uses: {} },
  {
    name: 'job',
    kind: 'job',
    memoryMb: 8192,
    cpu: 4,
    timeoutSeconds: 60,
    trigger: { job: 'transcode' },
    uses: {},
  },
]

const monthOf = (
  cloud: Cloud,
  words: string,
  { stack = {}, plan = PLAN }: { stack?: SynthesizedStack; plan?: readonly PlannedFunction[] } = {},
) => {
  const { traffic } = readWish(words.split(' ').filter(Boolean))
  const given = { plan, stacks: new Map([[`${cloud}-dev`, stack]]), freeTier: false }
  return estimate(given, { cloud, environment: 'dev', traffic }).lines
}
const costOf = (lines: ReturnType<typeof monthOf>, price: object) =>
  total(lines.filter((line) => line.price === price))

describe('a month on AWS', () => {
  it('charges a million requests of 60 ms in 512 MB, and 730 sweeps of 200 ms in 1 GB', () => {
    // 1,000,000 x 0.5 GB x 0.06 s = 30,000 GB-seconds; 730 x 1 GB x 0.2 s = 146
    const lines = monthOf('aws', '--requests 1000000')
    expect(costOf(lines, AWS.functionTime)).toBeCloseTo(30_146 * 0.0000133334, 6)
    expect(costOf(lines, AWS.apiRequest)).toBeCloseTo(1.2, 6)
  })
  it('charges an hour of film at 2 processor minutes a minute as 30 minutes of 4 processors and 8 GB', () => {
    const lines = monthOf('aws', '--minutes 60 --cpu-minutes 2')
    expect(costOf(lines, AWS.jobCpu)).toBeCloseTo(0.5 * 4 * 0.03725, 6)
    expect(costOf(lines, AWS.jobMemory)).toBeCloseTo(0.5 * 8 * 0.00409, 6)
  })
  it('charges 100 viewers of an hour each at 4 Mbit/s as 180 GB', () => {
    expect(costOf(monthOf('aws', '--viewers 100 --mbps 4'), AWS.delivered)).toBeCloseTo(180 * 0.085, 6)
  })
  it('charges a minute in the store as upload and ladder, 20 Mbit/s', () => {
    expect(costOf(monthOf('aws', '--kept 100'), AWS.stored)).toBeCloseTo(100 * 0.15 * 0.0245, 6)
  })
})

describe('a month elsewhere', () => {
  it('on Google rounds 60 ms up to 100, on one processor', () => {
    // 1,000,000 x 0.1 s, and 730 sweeps x 0.2 s
    expect(costOf(monthOf('gcp', '--requests 1000000'), GCP.functionCpu)).toBeCloseTo(100_146 * 0.000024, 6)
  })
  it('on Azure bills a whole second', () => {
    // 1,000,000 x 0.5 GB x 1 s, and 730 sweeps x 1 GB x 1 s
    expect(costOf(monthOf('azure', '--requests 1000000'), AZURE.functionTime)).toBeCloseTo(
      500_730 * 0.000026,
      6,
    )
  })
  it('lets Neon sleep between sweeps of an hour, and never between those of a minute', () => {
    // 730 sweeps keep it awake five minutes each: 60.8 hours of a quarter unit.
    expect(costOf(monthOf('aws', ''), NEON.compute)).toBeCloseTo((730 / 12) * 0.25 * 0.106, 6)
    const minutely = PLAN.map((fn) => (fn.kind === 'cron' ? { ...fn, trigger: { every: '1 minute' } } : fn))
    expect(costOf(monthOf('aws', '', { plan: minutely }), NEON.compute)).toBeCloseTo(730 * 0.25 * 0.106, 6)
  })
})

describe('a stack at rest', () => {
  const atRest = (cloud: Cloud, stack: SynthesizedStack) => {
    const given = { plan: PLAN, stacks: new Map([['s', stack]]), freeTier: false }
    return idle(given, { cloud, stack: 's', traffic: readWish([]).traffic })
  }
  const some = (count: number, attributes = {}) =>
    Object.fromEntries(Array.from({ length: count }, (_, at) => [`r${at}`, attributes]))

  it('pays for each secret and each metric of an alarm', () => {
    const alarm = { metric_query: [{ id: 'e', expression: 'a+b' }, { metric: {} }, { metric: {} }] }
    const { lines } = atRest('aws', {
      resource: {
        aws_secretsmanager_secret: some(3),
        aws_cloudwatch_metric_alarm: { ...some(1), two: alarm },
      },
    })
    expect(total(lines.filter(({ what }) => what === 'secrets' || what === 'alarms'))).toBeCloseTo(
      1.2 + 0.3,
      6,
    )
  })
  it('pays once for the first five rules of a load balancer, and for each more', () => {
    const rules = (count: number) => {
      const { lines } = atRest('gcp', { resource: { google_compute_global_forwarding_rule: some(count) } })
      return total(lines.filter(({ what }) => what === 'load balancer'))
    }
    expect([rules(0), rules(1), rules(5), rules(6)]).toEqual([0, 18.25, 18.25, expect.closeTo(25.55, 6)])
  })
  it('is billed without what is free for ever', () => {
    const { billedUsd, lines } = atRest('aws', { resource: { aws_cloudwatch_metric_alarm: some(11) } })
    const sweeps = lines.filter(({ what }) => what === 'logs').length
    expect([sweeps, billedUsd]).toEqual([1, expect.closeTo(0.1, 6)])
  })
  it('names what costs something and is not in the table', () => {
    expect(
      atRest('aws', { resource: { aws_rds_cluster: some(1), aws_iam_role: some(1) } }).uncounted,
    ).toEqual(['aws_rds_cluster'])
  })
})

describe('the estimate of the real manifests', () => {
  it.each(CLOUDS)('on %s never falls when anything grows', async (cloud) => {
    const plan = planOf(await loadManifests())
    const given = { plan, stacks: new Map([[`${cloud}-dev`, {}]]) }
    const cost = (traffic: Traffic, freeTier: boolean) =>
      total(estimate({ ...given, freeTier }, { cloud, environment: 'dev', traffic }).lines)
    const some = fc.nat(1e9)
    const keys = ['requests', 'minutes', 'viewers', 'watched', 'megabits', 'kept', 'cpuMinutes'] as const
    const traffic = fc.record(
      Object.fromEntries(keys.map((key) => [key, some])) as Record<keyof Traffic, typeof some>,
    )
    fc.assert(
      fc.property(traffic, fc.constantFrom(...keys), some, fc.boolean(), (before, key, more, freeTier) => {
        const after = cost({ ...before, [key]: before[key] + more }, freeTier)
        // Sums of large and small figures round.
        expect(after).toBeGreaterThanOrEqual(cost(before, freeTier) * (1 - 1e-9))
      }),
    )
  })
})

describe('npm run cost', () => {
  it('counts all nine stacks as they are synthesized', async () => {
    const { status, stdout } = await runScript('cost.ts', ['--requests', '1000', '--json'])
    expect(status).toBe(0)
    const { idle: stacks, estimates } = JSON.parse(stdout)
    expect([stacks.length, estimates.length]).toEqual([9, 3])
    expect(stacks.filter(({ uncounted }: { uncounted: string[] }) => uncounted.length > 0)).toEqual([])
  })
  it('refuses a wrong argument with status 1 and its rule alone', async () => {
    const { status, stderr } = await runScript('cost.ts', ['--requests', 'many'])
    expect([status, stderr]).toEqual([
      1,
      'skyreel: --requests must be a whole number of at least 0 such as 1000, not "many"\n',
    ])
  })
})
