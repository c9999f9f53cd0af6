import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTestColumn, type TestColumn } from '../../adapters/local/testing/column.ts'
import { PaymentRefused, PaymentUnavailable } from '../ports/payments.ts'
import { type Doing, type Intent, intentKey, onceAtProvider } from './operations.ts'
import { customerId } from './testing/objects.ts'

let column: TestColumn
beforeAll(async () => {
  column = await openTestColumn()
})
afterAll(() => column[Symbol.asyncDispose]())

const MINUTE = 60_000
const HOUR = 60 * MINUTE
let intents = 0
const anIntent = (more: Partial<Intent> = {}): Intent => {
  intents += 1
  return { customerId: customerId(1), kind: 'test', key: `key-${intents}`, asked: { amount: 5 }, ...more }
}

interface Call {
  readonly request: unknown
  readonly key: string
}
/** A call out that notes how it was made and answers what the test says. */
function aCall(answer: (n: number) => Promise<string> = async (n) => `answer ${n}`) {
  const calls: Call[] = []
  let prepared = 0
  const doing: Doing<{ n: number }, string> = {
    prepare: async () => ({ n: ++prepared }),
    call: async (request, key) => {
      calls.push({ request, key })
      return answer(calls.length)
    },
  }
  return { doing, calls }
}
const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'done',
    (error) => error.facts?.code ?? error.message,
  )
const failing = (error: Error) => () => Promise.reject(error)

describe('a call out', () => {
  it('is answered again from what was kept', async () => {
    const [intent, { doing }] = [anIntent(), aCall()]
    await onceAtProvider(column.ports, intent, doing)
    expect((await onceAtProvider(column.ports, intent, doing)).result).toBe('answer 1')
  })
  it('is made once', async () => {
    const [intent, { doing, calls }] = [anIntent(), aCall()]
    await onceAtProvider(column.ports, intent, doing)
    await onceAtProvider(column.ports, intent, doing)
    expect(calls.length).toBe(1)
  })
  it('is answered again when the provider has forgotten its key', async () => {
    const [intent, { doing }] = [anIntent(), aCall()]
    await onceAtProvider(column.ports, intent, doing)
    column.clock.advance(48 * HOUR)
    expect((await onceAtProvider(column.ports, intent, doing)).result).toBe('answer 1')
  })
  it('is sent again as it was, with the same key, after its answer was lost', async () => {
    const intent = anIntent()
    const { doing, calls } = aCall(async (n) => {
      if (n === 1) throw new PaymentUnavailable('the line is dead')
      return 'late'
    })
    await codeOf(onceAtProvider(column.ports, intent, doing))
    await onceAtProvider(column.ports, intent, doing)
    expect(calls[1]).toEqual(calls[0])
  })
  it('of another request with the same key is refused', async () => {
    const [intent, { doing }] = [anIntent(), aCall()]
    await onceAtProvider(column.ports, intent, doing)
    const other = { ...intent, asked: { amount: 6 } }
    expect(await codeOf(onceAtProvider(column.ports, other, doing))).toBe('idempotency-key-reused')
  })
  it('is the same in whatever order its fields come', async () => {
    const [intent, { doing, calls }] = [anIntent({ asked: { a: 1, b: 2 } }), aCall()]
    await onceAtProvider(column.ports, intent, doing)
    await onceAtProvider(column.ports, { ...intent, asked: { b: 2, a: 1 } }, doing)
    expect(calls.length).toBe(1)
  })
  it('of another customer may have the same key', async () => {
    const [intent, { doing, calls }] = [anIntent(), aCall()]
    await onceAtProvider(column.ports, intent, doing)
    await onceAtProvider(column.ports, { ...intent, customerId: customerId(2) }, doing)
    expect(calls.length).toBe(2)
  })
  it('gets the same answer for two at once', async () => {
    const intent = anIntent()
    const { doing } = aCall(async () => 'one')
    const both = [0, 1].map(() => onceAtProvider(column.ports, intent, doing))
    expect((await Promise.all(both)).map(({ result }) => result)).toEqual(['one', 'one'])
  })
  it('uses one key for two at once', async () => {
    const [intent, { doing, calls }] = [anIntent(), aCall()]
    await Promise.all([0, 1].map(() => onceAtProvider(column.ports, intent, doing)))
    expect(new Set(calls.map(({ key }) => key)).size).toBe(1)
  })
  it('whose fate is unknown for a day is not sent again', async () => {
    const [intent, { doing }] = [anIntent(), aCall(failing(new PaymentUnavailable('dead')))]
    await codeOf(onceAtProvider(column.ports, intent, doing))
    column.clock.advance(24 * HOUR)
    expect(await codeOf(onceAtProvider(column.ports, intent, doing))).toBe('outcome-unknown')
  })
})

describe('what was refused', () => {
  const refused = (code: string, param: string | null = null) => new PaymentRefused(code, 'no', { param })
  it('is refused again without a call', async () => {
    const [intent, { doing, calls }] = [anIntent(), aCall(failing(refused('card_declined')))]
    await codeOf(onceAtProvider(column.ports, intent, doing))
    await codeOf(onceAtProvider(column.ports, intent, doing))
    expect(calls.length).toBe(1)
  })
  const problems: readonly (readonly [string, string])[] = [
    ['card_declined', 'payment-refused'],
    ['charge_already_refunded', 'provider-conflict'],
    ['parameter_invalid_integer', 'provider-refused'],
  ]
  it.each(problems)('%s is the problem %s', async (code, problem) => {
    const { doing } = aCall(failing(refused(code)))
    expect(await codeOf(onceAtProvider(column.ports, anIntent(), doing))).toBe(problem)
  })
  it('names the provider’s field and code', async () => {
    const { doing } = aCall(failing(refused('parameter_missing', 'currency')))
    const problem = await onceAtProvider(column.ports, anIntent(), doing).catch((error) => error)
    expect(problem.facts.errors).toMatchObject([{ field: 'provider.currency', rule: 'parameter_missing' }])
  })
  it('is not settled while another one uses the key', async () => {
    const intent = anIntent()
    const { doing } = aCall(async (n) => {
      if (n === 1) throw refused('idempotency_key_in_use')
      return 'mine'
    })
    await codeOf(onceAtProvider(column.ports, intent, doing))
    expect((await onceAtProvider(column.ports, intent, doing)).result).toBe('mine')
  })
})

describe('a key of an intent', () => {
  const about = (more: Partial<Intent> = {}) => anIntent({ kind: `about-${intents}`, ...more })
  const keyOf = (intent: Intent) => intentKey(column.ports, intent, 'sub_1')
  it('is the same for two clicks', async () => {
    const intent = about()
    const key = await keyOf(intent)
    await codeOf(
      onceAtProvider(column.ports, { ...intent, key }, aCall(failing(new PaymentUnavailable('x'))).doing),
    )
    expect(await keyOf(intent)).toBe(key)
  })
  it('is another one once it is done', async () => {
    const intent = about()
    const key = await keyOf(intent)
    await onceAtProvider(column.ports, { ...intent, key }, aCall().doing)
    expect(await keyOf(intent)).not.toBe(key)
  })
  it('is refused for something else while one is under way', async () => {
    const intent = about()
    const key = await keyOf(intent)
    await codeOf(
      onceAtProvider(column.ports, { ...intent, key }, aCall(failing(new PaymentUnavailable('x'))).doing),
    )
    expect(await codeOf(keyOf({ ...intent, asked: 'other' }))).toBe('operation-in-progress')
  })
  it('is given for something else when the caller was lost', async () => {
    const intent = about()
    const key = await keyOf(intent)
    await codeOf(
      onceAtProvider(column.ports, { ...intent, key }, aCall(failing(new PaymentUnavailable('x'))).doing),
    )
    column.clock.advance(2 * MINUTE)
    expect(await keyOf({ ...intent, asked: 'other' })).not.toBe(key)
  })
})
