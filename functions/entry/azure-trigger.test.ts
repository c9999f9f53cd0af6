import { expect, it } from 'vitest'
import { azureTrigger } from './azure-trigger.ts'
import { cronFunctions, httpFunctions, onFunctions } from './manifests.ts'

it('gives each API to HTTP', () => {
  expect(new Set(httpFunctions.map(azureTrigger))).toEqual(new Set(['http']))
})
it('gives each schedule to a timer', () => {
  expect(new Set(cronFunctions.map(azureTrigger))).toEqual(new Set(['timer']))
})
it.each(onFunctions)('brings events to $name by the service that tells of $type', (fn) => {
  expect(azureTrigger(fn)).toBe(fn.type.startsWith('storage.') ? 'eventGrid' : 'queue')
})
