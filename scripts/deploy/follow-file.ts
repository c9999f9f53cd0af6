import { open } from 'node:fs/promises'

const EVERY_MS = 200

/** Tells the lines of files as they grow; those of the end are told when it is disposed. */
export function followFile(
  paths: readonly string[],
  line: ((line: string) => void) | undefined,
): AsyncDisposable {
  if (line === undefined) return { [Symbol.asyncDispose]: async () => undefined }
  const follows = paths.map((path) => follower(path, line))
  const read = () => Promise.all(follows.map((follow) => follow()))
  let reading: Promise<unknown> = Promise.resolve()
  const timer = setInterval(() => {
    reading = reading.then(read)
  }, EVERY_MS)
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer)
      await reading.then(read)
    },
  }
}

const CHUNK = 64 * 1024

function follower(path: string, line: (line: string) => void): () => Promise<void> {
  const decoder = new TextDecoder()
  let at = 0
  let rest = ''
  return async () => {
    await using file = await open(path)
    for (;;) {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(CHUNK), 0, CHUNK, at)
      if (bytesRead === 0) return
      at += bytesRead
      const lines = (rest + decoder.decode(buffer.subarray(0, bytesRead), { stream: true })).split('\n')
      rest = lines.pop() ?? ''
      for (const text of lines) if (text.trim() !== '') line(text.trimEnd())
    }
  }
}
