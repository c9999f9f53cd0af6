import { describe, expect, it } from 'vitest'
import { decodeForm, decodeJson } from './form-decoding.ts'
import { openMemoryStore } from './memory-store.ts'
import { StripeFailure } from './store.ts'

const A = { id: 'a_1', object: 'a' }

function failing(status: number) {
  return new StripeFailure(status, { type: 'api_error' }, 'no')
}

describe('the store of the local Stripe server', () => {
  it('takes back what an operation that fails has put, changed, removed and told', () => {
    const store = openMemoryStore()
    store.put({ ...A, was: 'before' })
    store.put({ id: 'a_2', object: 'a' })
    const before = store.all('a')
    const work = () =>
      store.atomically(() => {
        store.put({ ...A, was: 'after' })
        store.remove('a_1')
        store.put({ id: 'a_3', object: 'a' })
        store.emit('a.created', A)
        throw failing(400)
      })
    expect(work).toThrow(StripeFailure)
    expect([store.all('a'), store.all('event')]).toEqual([before, []])
  })
  it('keeps what a declined payment has left', () => {
    const store = openMemoryStore()
    const work = () =>
      store.atomically(() => {
        store.put(A)
        throw failing(402)
      })
    expect(work).toThrow(StripeFailure)
    expect(store.all('a')).toEqual([A])
  })
  it('tells of an operation once, when it is over', () => {
    const store = openMemoryStore()
    const told: number[] = []
    store.onCommit(({ put, events }) => told.push(put.length, events.length))
    store.atomically(() => {
      store.put(A)
      store.put({ ...A, more: 1 })
      store.emit('a.created', A)
    })
    expect(told).toEqual([2, 1])
  })
  it('has the time of a test clock for its customers', () => {
    const store = openMemoryStore({ now: () => new Date(5_000_000) })
    store.put({ id: 'clock_1', object: 'test_helpers.test_clock', frozen_time: 77 })
    store.put({ id: 'cus_1', object: 'customer', test_clock: 'clock_1' })
    expect([store.now(), store.now('cus_1'), store.now('cus_2')]).toEqual([5000, 77, 5000])
  })
  it('makes the same ids from the same seed', () => {
    const ids = ['s', 's', 't'].map((seed) => openMemoryStore({ seed }).newId('sub'))
    expect([ids[0] === ids[1], ids[0] === ids[2], /^sub_[0-9A-Za-z]{24}$/.test(ids[0] ?? '')]).toEqual([
      true,
      false,
      true,
    ])
  })
})

describe('a form of the local Stripe server', () => {
  it('becomes lists and fields', () => {
    const form = 'items[0][price]=p&items[1][price]=q&expand[]=a&expand[]=b&metadata[0]=x&name=%C3%A4+b'
    expect(decodeForm(form)).toEqual({
      items: [{ price: 'p' }, { price: 'q' }],
      expand: ['a', 'b'],
      metadata: { 0: 'x' },
      name: 'ä b',
    })
  })
  it.each(['a=1&a[b]=2', '__proto__[x]=1', 'a[__proto__][x]=1'])('is refused as %s', (form) => {
    expect(() => decodeForm(form)).toThrow(StripeFailure)
  })
  it('may be JSON, whose leaves are text', () => {
    expect(decodeJson('{"a":1,"b":[true],"c":null}')).toEqual({ a: '1', b: ['true'], c: '' })
  })
  it('is refused as JSON that is none', () => {
    expect(() => decodeJson('{')).toThrow(StripeFailure)
  })
})
