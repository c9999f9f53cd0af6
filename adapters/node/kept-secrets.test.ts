import { expect, it } from 'vitest'
import { SecretMissing } from '../../core/ports/secrets.ts'
import { manualClock } from '../local/testing/clock.ts'
import { keepSecrets } from './kept-secrets.ts'

/** A store that answers these in turn; an error is thrown. */
function openStore(...answers: readonly (string | Error)[]) {
  const clock = manualClock()
  let asked = 0
  const secrets = keepSecrets(async () => {
    const answer = answers[asked++]
    if (answer === undefined || answer instanceof Error) throw answer ?? new Error('asked too often')
    return answer
  }, clock)
  return { secrets, clock, asked: () => asked }
}
const MINUTE = 60_000

it('asks once for calls that come together', async () => {
  const { secrets, asked } = openStore('one')
  const both = await Promise.all([secrets.get('token-key'), secrets.get('token-key')])
  expect([both, asked()]).toEqual([['one', 'one'], 1])
})
it('takes up a changed value after five minutes', async () => {
  const { secrets, clock } = openStore('one', 'two')
  await secrets.get('token-key')
  clock.advance(5 * MINUTE)
  expect(await secrets.get('token-key')).toBe('two')
})
it('does not keep a first failure', async () => {
  const { secrets } = openStore(new Error('away'), 'one')
  await expect(secrets.get('token-key')).rejects.toThrow('away')
  expect(await secrets.get('token-key')).toBe('one')
})
it('goes on with the last value while the store is away, and asks again after half a minute', async () => {
  const { secrets, clock, asked } = openStore('one', new Error('away'), 'two')
  await secrets.get('token-key')
  clock.advance(5 * MINUTE)
  const together = await Promise.all([secrets.get('token-key'), secrets.get('token-key')])
  const bridged = [...together, asked()]
  clock.advance(MINUTE / 2)
  expect([bridged, await secrets.get('token-key')]).toEqual([['one', 'one', 2], 'two'])
})
it('does not go on with a secret that is gone', async () => {
  const { secrets, clock } = openStore('one', new SecretMissing('gone'))
  await secrets.get('token-key')
  clock.advance(5 * MINUTE)
  await expect(secrets.get('token-key')).rejects.toThrow(SecretMissing)
})
