import { expect, it } from 'vitest'
import { readEvents, type StreamEvent } from './event-stream.ts'

async function read(...chunks: (string | Uint8Array)[]): Promise<StreamEvent[]> {
  async function* bytes() {
    for (const chunk of chunks) yield typeof chunk === 'string' ? new TextEncoder().encode(chunk) : chunk
  }
  const events: StreamEvent[] = []
  for await (const event of readEvents(bytes())) events.push(event)
  return events
}

it('reads events one after another', async () => {
  const events = await read('event: progress\ndata: {"a":1}\n\nevent: progress\ndata: {"a":2}\n\n')
  expect(events.map((e) => e.data)).toEqual(['{"a":1}', '{"a":2}'])
})

it('puts an event together whose bytes come in pieces', async () => {
  const whole = new TextEncoder().encode('event: x\r\ndata: ü\r\n\r\n')
  const pieces = [...whole].map((byte) => Uint8Array.of(byte))
  expect(await read(...pieces)).toEqual([{ event: 'x', data: 'ü' }])
})

it('leaves out comments that keep the connection open', async () => {
  expect(await read(': still here\n\n', 'data: 1\n\n')).toEqual([{ event: 'message', data: '1' }])
})

it('joins the lines of an event of several data lines', async () => {
  expect(await read('data: a\ndata: b\n\n')).toEqual([{ event: 'message', data: 'a\nb' }])
})

it('drops an event that the connection cut off', async () => {
  expect(await read('data: whole\n\ndata: ha')).toEqual([{ event: 'message', data: 'whole' }])
})
