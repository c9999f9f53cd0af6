import type { Log } from '../../core/run/log.ts'

interface Following<T> {
  /** The connection string, as it is now. */
  readonly url: () => Promise<string>
  readonly open: (url: string) => Promise<T>
  readonly log?: Log | undefined
}

/**
 * What was opened with the connection string, opened anew once that has changed: a password that was rotated must not
 * need a new process. Nobody waits for the string once it is known: it is asked for beside each use, and while it cannot
 * be read the last one goes on. What was open before ends its work, and closes when it is idle.
 */
export function follow<T>({ url, open, log }: Following<T>): {
  now(): Promise<T>
  /** What is open, if anything is. */
  last(): Promise<T> | undefined
} {
  let known: { readonly url: string; readonly opened: Promise<T> } | undefined
  let asking = false
  const openAt = (at: string): Promise<T> => {
    if (known?.url === at) return known.opened
    const mine = { url: at, opened: open(at) }
    known = mine
    // The next who asks tries again.
    mine.opened.catch(() => {
      if (known === mine) known = undefined
    })
    return mine.opened
  }
  const look = async () => {
    if (asking) return
    asking = true
    try {
      await openAt(await url())
    } catch (error) {
      log?.warn('the connection string could not be read: the last one goes on', { error })
    } finally {
      asking = false
    }
  }
  return {
    now: async () => {
      if (known === undefined) return openAt(await url())
      void look()
      return known.opened
    },
    last: () => known?.opened,
  }
}
