import { randomUUID } from 'node:crypto'
import { type GcsObject, resourceOf } from './gcs-store.ts'

export interface Notifier {
  /**
   * Also told what is finished from now on, in `bucket` alone where one is named. With `waits` a write is answered when
   * the first delivery is over.
   */
  subscribe(url: string, how?: { readonly waits?: boolean; readonly bucket?: string }): void
  /** Resolves after the first delivery to those who are waited for, whatever they answered. */
  finalized(bucket: string, object: GcsObject): Promise<void>
  /** Resolves when no delivery is under way or waits for another try. */
  drain(): Promise<void>
  stop(): void
}

interface Subscriber {
  readonly url: string
  readonly waits: boolean
  readonly bucket: string | undefined
}

const ATTEMPTS = 10
const PAUSE_MS = 50

/** Tells subscribers by POST of a CloudEvent in binary mode, as Eventarc does; again until one acknowledges. */
export function openNotifier(onLost: (because: string) => void): Notifier {
  const subscribers: Subscriber[] = []
  const subscribersOf = (bucket: string) => subscribers.filter((one) => (one.bucket ?? bucket) === bucket)
  const waiting = new Set<Promise<void>>()
  const stopped = new AbortController()
  const again = async (url: string, event: RequestInit) => {
    for (let attempt = 2; attempt <= ATTEMPTS && !stopped.signal.aborted; attempt++) {
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS * attempt))
      if (await isTaken(url, event, stopped.signal)) return
    }
    if (!stopped.signal.aborted) onLost(`a notification was not acknowledged by ${url}`)
  }
  const keep = (work: Promise<void>) => {
    waiting.add(work)
    void work.finally(() => waiting.delete(work))
  }
  return {
    subscribe: (url, { waits = false, bucket } = {}) => void subscribers.push({ url, waits, bucket }),
    async finalized(bucket, object) {
      const event = cloudEvent(bucket, object)
      const tell = async (url: string) => {
        if (!(await isTaken(url, event, stopped.signal))) keep(again(url, event))
      }
      await Promise.all(
        subscribersOf(bucket).map(({ url, waits }) => {
          if (waits) return tell(url)
          keep(tell(url))
          return undefined
        }),
      )
    },
    async drain() {
      while (waiting.size > 0) await Promise.all(waiting)
    },
    stop: () => stopped.abort(),
  }
}

async function isTaken(url: string, event: RequestInit, signal: AbortSignal): Promise<boolean> {
  try {
    const response = await fetch(url, { ...event, signal })
    await response.arrayBuffer()
    return response.ok
  } catch {
    // Not there (yet): it is tried again, and told when that never helps.
    return false
  }
}

/** https://cloud.google.com/eventarc/docs/cloudevents */
function cloudEvent(bucket: string, object: GcsObject): RequestInit {
  return {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'ce-specversion': '1.0',
      'ce-id': randomUUID(),
      'ce-type': 'google.cloud.storage.object.v1.finalized',
      'ce-source': `//storage.googleapis.com/projects/_/buckets/${bucket}`,
      'ce-subject': `objects/${encodeURI(object.name)}`,
      'ce-time': object.updatedAt.toISOString(),
      'ce-bucket': bucket,
    },
    body: JSON.stringify(resourceOf(bucket, object)),
  }
}
