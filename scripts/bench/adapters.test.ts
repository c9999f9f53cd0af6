import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { RUNTIMES } from '../cloud-runtimes.ts'
import { ratiosOf } from './adapters.ts'
import { BYTES, BYTES_TYPE, type CaseName, wrongBytes } from './adapters-cases.ts'
import { measureCase } from './adapters-measure.ts'

const OURS = ['by hand', 'skyreel', 'skyreel mapping']
const once = (name: CaseName) => measureCase(name, { rounds: 1, calls: 1 })

it.each(['gcp json', 'azure json'] as const)('all contenders are right in %s', async (name) => {
  const { microseconds, wrong } = await once(name)
  expect({ wrong, right: Object.keys(microseconds).toSorted() }).toEqual({ wrong: {}, right: OURS })
})

const missing = existsSync(join(RUNTIMES, 'node_modules/hono')) ? '' : ' (scripts/clouds is not installed)'
describe.skipIf(missing !== '')(`on Lambda${missing}`, () => {
  it('all contenders are right with JSON', async () => {
    expect((await once('aws json')).wrong).toEqual({})
  })
  it.each(OURS)('%s keeps all bytes', async (name) => {
    expect((await once('aws binary')).microseconds).toHaveProperty(name)
  })
  it('who loses bytes is told and not timed', async () => {
    const { microseconds, wrong } = await once('aws binary')
    const name = 'powertools event-handler'
    expect({ told: name in wrong, timed: name in microseconds }).toEqual({ told: true, timed: false })
  })
})

describe('an answer', () => {
  const headers = { 'content-type': BYTES_TYPE, 'x-tag': 'drama', 'x-session': '0198f2c4' }

  it('is right with the bytes that were sent', () => {
    expect(wrongBytes({ status: 200, headers, body: BYTES })).toBeUndefined()
  })
  it('is wrong when its bytes went through text', () => {
    const body = Buffer.from(Buffer.from(BYTES).toString())
    expect(wrongBytes({ status: 200, headers, body })).toMatch(/4096 bytes became/)
  })
})

describe('the ratios', () => {
  const times = { skyreel: 10, 'skyreel mapping': 6, 'by hand': 5, slow: 100, fast: 40 }

  it('are over the best peer, in the worst case', () => {
    const cases = { a: times, b: { ...times, skyreel: 20 } }
    expect(ratiosOf(cases).overBestPeer).toBe(0.5)
  })
  it('are over what is written by hand, in the worst case', () => {
    const cases = { a: times, b: { skyreel: 1, 'skyreel mapping': 7, 'by hand': 5 } }
    expect(ratiosOf(cases).mappingOverHandWritten).toBe(1.4)
  })
})
