/** How much of a stream is waited for where the platform takes whole answers only. */
export interface CollectLimits {
  readonly milliseconds: number
  readonly bytes: number
  /** Ends the wait, too. */
  readonly signal: AbortSignal
}

export interface Collected {
  readonly bytes: Uint8Array
  /** Whether the stream came to its end. */
  readonly whole: boolean
}

/** What a stream gives until it ends or a limit is reached; then it is closed. Rejects when the stream breaks. */
export async function collect(body: AsyncIterable<Uint8Array>, limits: CollectLimits): Promise<Collected> {
  const source = body[Symbol.asyncIterator]()
  const cut = cutAt(limits)
  const chunks: Uint8Array[] = []
  let size = 0
  try {
    while (size < limits.bytes) {
      const step = await Promise.race([source.next(), cut.reached])
      if (step === undefined) break
      if (step.done) return { bytes: new Uint8Array(Buffer.concat(chunks, size)), whole: true }
      chunks.push(step.value)
      size += step.value.byteLength
    }
    // Not awaited: a generator that waits for its next event answers only after that.
    source.return?.().catch(() => undefined)
    return { bytes: new Uint8Array(Buffer.concat(chunks, size)), whole: false }
  } finally {
    cut.stop()
  }
}

function cutAt({ milliseconds, signal }: CollectLimits) {
  const { promise: reached, resolve } = Promise.withResolvers<undefined>()
  const settle = () => resolve(undefined)
  const timer = setTimeout(settle, milliseconds)
  signal.addEventListener('abort', settle)
  if (signal.aborted) settle()
  const stop = () => {
    clearTimeout(timer)
    signal.removeEventListener('abort', settle)
  }
  return { reached, stop }
}
