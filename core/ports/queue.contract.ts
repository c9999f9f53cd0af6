import { expect } from 'vitest'
import type { AnyEvent } from '../../events/catalog.ts'
import { contract, type Gap, type Open } from '../run/contract.ts'
import { toWire } from '../run/wire-event.ts'
import { MESSAGE_MAX_BYTES, MessageTooLong, type Queue } from './queue.ts'

export interface OpenedQueue {
  readonly queue: Queue
  /** Takes the next message of a consumer, as text, waiting for `seconds` at most; `undefined` when none came. */
  take(consumer: string, seconds: number): Promise<string | undefined>
}

const anEvent = (userId: string): AnyEvent => ({
  id: 'evt_1',
  type: 'user.registered',
  source: 'contract',
  time: '2026-01-01T00:00:00.000Z',
  data: { userId },
})
const message = (userId = 'usr_1') => JSON.stringify(toWire(anEvent(userId)))

/** Every promise of the Queue port. The column under test has the consumers `transcode-starter` and `media-uploaded`. */
export function queueContract(title: string, open: Open<OpenedQueue>, gaps: readonly Gap[] = []): void {
  contract(title, open, gaps, (rule) => {
    rule('brings a message to its consumer unchanged', async ({ queue, take }) => {
      await queue.send('transcode-starter', message())
      expect(await take('transcode-starter', 10)).toBe(message())
    })
    rule('brings it to no other consumer', async ({ queue, take }) => {
      await queue.send('transcode-starter', message())
      expect([await take('transcode-starter', 10), await take('media-uploaded', 1)]).toEqual([
        message(),
        undefined,
      ])
    })
    rule('keeps what number and text conversions would harm', async ({ queue, take }) => {
      const odd = message('89e7073266 "quoted" \\ 9007199254740993123 Zoë 漢字 😀 <&> \u2028')
      await queue.send('transcode-starter', odd)
      expect(await take('transcode-starter', 10)).toBe(odd)
    })
    rule('takes the longest message', async ({ queue, take }) => {
      const longest = message('x'.repeat(MESSAGE_MAX_BYTES - message('').length))
      await queue.send('transcode-starter', longest)
      expect(await take('transcode-starter', 10)).toBe(longest)
    })
    rule('refuses a longer one', async ({ queue }) => {
      await expect(queue.send('transcode-starter', 'x'.repeat(MESSAGE_MAX_BYTES + 1))).rejects.toThrow(
        MessageTooLong,
      )
    })
    rule('holds a message back for its delay', async ({ queue, take }) => {
      await queue.send('transcode-starter', message(), { delaySeconds: 2 })
      expect(await take('transcode-starter', 1)).toBeUndefined()
      expect(await take('transcode-starter', 10)).toBe(message())
    })
    rule('fails for a consumer that is not there', async ({ queue }) => {
      await expect(queue.send('no-such-consumer', message())).rejects.toThrow()
    })
  })
}
