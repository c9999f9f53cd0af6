import { clockContract } from '../../core/ports/clock.contract.ts'
import { idsContract } from '../../core/ports/ids.contract.ts'
import { passwordsContract } from '../../core/ports/passwords.contract.ts'
import { manualClock } from '../local/testing/clock.ts'
import { systemClock } from './clock.ts'
import { openIds } from './ids.ts'
import { argon2Passwords } from './passwords.ts'

const nothing = async () => undefined

clockContract('the system’s clock', async () => ({
  clock: systemClock,
  pass: (ms) => systemClock.sleep(ms),
  [Symbol.asyncDispose]: nothing,
}))
clockContract('the clock of tests', async () => {
  const clock = manualClock()
  return { clock, pass: async (ms) => clock.advance(ms), [Symbol.asyncDispose]: nothing }
})
idsContract('ids', async () => ({ ids: openIds(), [Symbol.asyncDispose]: nothing }))
idsContract('ids while the clock goes back', async () => {
  let now = Date.UTC(2026, 0, 1)
  return { ids: openIds(() => now--), [Symbol.asyncDispose]: nothing }
})
passwordsContract('argon2', async () => ({ passwords: argon2Passwords, [Symbol.asyncDispose]: nothing }))
