import { mkdir } from 'node:fs/promises'
import type { Log } from '../core/run/log.ts'
import { bringUp } from './bring-up.ts'
import type { Settings } from './settings.ts'

export interface Reached extends AsyncDisposable {
  readonly origin: string
  /** Whether it ran before; what we started is stopped when disposed. */
  readonly ranBefore: boolean
}

/** The platform of these settings: the one that runs at the port, else one of our own on a free port. */
export async function reachPlatform(
  settings: Settings,
  { log, say }: { log: Log; say: (line: string) => void },
): Promise<Reached> {
  const origin = await runningAt(settings.port)
  if (origin !== undefined) return { origin, ranBefore: true, [Symbol.asyncDispose]: async () => undefined }
  await mkdir(settings.home, { recursive: true })
  const own = await bringUp({ ...settings, port: 0, log, say })
  return { origin: own.origin, ranBefore: false, [Symbol.asyncDispose]: () => own.stop() }
}

/** The origin of a Skyreel at this port of this machine; `undefined` where nothing or something else answers. */
async function runningAt(port: number): Promise<string | undefined> {
  if (port === 0) return undefined
  const origin = `http://localhost:${port}`
  try {
    const response = await fetch(`${origin}/openapi.json`, { signal: AbortSignal.timeout(5000) })
    const { info } = (await response.json()) as { info?: { title?: string } }
    return info?.title === 'Skyreel API' ? origin : undefined
  } catch {
    // Refused, silent, or not JSON: whatever it is, it is no Skyreel.
    return undefined
  }
}
