import { beforeAll, describe, expect, it } from 'vitest'
import { type Synthesized, statementsOf, synthAws } from './testing/synth.ts'

let dev: Synthesized
beforeAll(async () => {
  dev = await synthAws()
})
const schedule = (name: string) => dev.resource('aws_scheduler_schedule', `schedule-${name}`)

describe('the schedules', () => {
  it('say their interval in the words of EventBridge', () => {
    const rates = ['outbox-sweep', 'inbox-purge'].map((name) => schedule(name).schedule_expression)
    expect(rates).toEqual(['rate(1 minute)', 'rate(1 day)'])
  })
  it('call the version that serves', () => {
    expect(schedule('outbox-sweep').target.arn).toBe(`\${aws_lambda_alias.live-outbox-sweep.arn}`)
  })
  it('keep what could not be handed over', () => {
    expect(schedule('outbox-sweep').target.dead_letter_config).toEqual({
      arn: `\${aws_sqs_queue.dead-letters-schedules.arn}`,
    })
  })
  it('do not try again what comes again in a minute', () => {
    expect(
      dev.resource('aws_lambda_function_event_invoke_config', 'schedule-tries-outbox-sweep'),
    ).toMatchObject({ maximum_retry_attempts: 0 })
  })
  it('try again what comes once a day', () => {
    expect(
      dev.resource('aws_lambda_function_event_invoke_config', 'schedule-tries-inbox-purge'),
    ).toMatchObject({ maximum_retry_attempts: 2 })
  })
  it('may call functions of schedules and no other', () => {
    const [calls] = statementsOf(dev, 'schedules').filter(({ Sid }) => Sid === 'StartFunctions')
    const timed = dev.plan.filter(({ kind }) => kind === 'cron').map(({ name }) => name)
    expect(calls?.Resource).toEqual(timed.map((name) => `\${aws_lambda_alias.live-${name}.arn}`))
  })
})
