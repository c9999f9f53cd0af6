import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Ended } from '../testing/run-script.ts'
import type { OfflineCloud } from './testing/offline-home.ts'
import { doneBefore, HAS_TERRAFORM, Rehearsal, WITH_TERRAFORM } from './testing/offline-rehearsal.ts'

/** What fails, in which step. Each run gets as far as that; the next one goes on there. */
const FAILURES = [
  ['check', 'checks'],
  ['build', 'build'],
  ['make-bucket', 'state'],
  ['push-image', 'registry'],
  ['write-secret', 'secrets'],
  ['migrate', 'migrate'],
  ['apply', 'apply'],
  ['publish', 'publish'],
  ['smoke', 'smoke'],
  ['candidate', 'canary'],
] as const
/** Those that find out themselves what is done. */
const ALWAYS: readonly string[] = ['checks', 'build']
const STEPS = [
  'checks',
  'build',
  'state',
  'registry',
  'secrets',
  'migrate',
  'drift',
  'apply',
  'publish',
  'smoke',
  'canary',
]

const before = (step: string) => STEPS.slice(0, STEPS.indexOf(step)).filter((name) => !ALWAYS.includes(name))

describe.skipIf(!HAS_TERRAFORM)(`a deployment that fails goes on where it failed${WITH_TERRAFORM}`, () => {
  const ended = new Map<string, Ended>()
  let last = {} as Ended
  let cloud = {} as OfflineCloud
  let at: Rehearsal
  beforeAll(async () => {
    at = await Rehearsal.open()
    for (const [fails, step] of FAILURES) {
      at.ready = fails === 'smoke' ? 503 : 200
      await at.change({ fails })
      ended.set(step, await at.run('deploy', 'aws dev --yes'))
    }
    at.ready = 200
    await at.change({ fails: '' })
    last = await at.run('deploy', 'aws dev --yes')
    cloud = await at.cloud()
  }, 180_000)
  afterAll(() => at[Symbol.asyncDispose]())

  it.each(FAILURES)('when %s fails, %s is what it says has failed', (_, step) => {
    const { status, stdout } = ended.get(step) ?? last
    expect([status, /^FAIL {2}(\w+)/m.exec(stdout)?.[1]], stdout).toEqual([1, step])
  })
  it.each(FAILURES)('when %s fails, it says how to go on, and where the log is', (_, step) => {
    expect(ended.get(step)?.stdout).toMatch(
      /Start the same command again[\s\S]*All that was said: .*aws-dev\.log/,
    )
  })
  it.each(FAILURES.slice(3).map(([, step]) => step))(
    '%s is reached without doing again what was done',
    (step) => {
      const known = FAILURES[FAILURES.findIndex(([, name]) => name === step) - 1]?.[1] ?? ''
      expect(doneBefore(ended.get(step)?.stdout ?? '')).toEqual(before(known))
    },
  )
  it('ends well once nothing fails', () => {
    expect([last.status, doneBefore(last.stdout)], last.stdout + last.stderr).toEqual([0, before('canary')])
  })
  it('has made each thing once', () => {
    const counted = (verb: string) => cloud.calls.filter((call) => call.startsWith(verb)).length
    expect([cloud.images, counted('route')]).toEqual([['media-1'], 1])
  })
})
