import type { Ids } from '../../core/ports/ids.ts'
import type { Scheduled } from '../../core/run/consumer.ts'
import type { Log } from '../../core/run/log.ts'
import { backgroundContext } from '../node/background-context.ts'
import { openDeadline } from '../node/deadline.ts'
import { endOnAbort } from '../node/end-on-abort.ts'

/** One run of a scheduled function, within its time limit. `stop` ends it when the platform does. Rejects when it fails. */
export async function localSchedule(
  scheduled: Scheduled,
  { log, ids, stop }: { log: Log; ids: Ids; stop?: AbortSignal },
): Promise<void> {
  const deadline = openDeadline(scheduled.timeoutSeconds * 1000)
  const signal = stop ? AbortSignal.any([stop, deadline.signal]) : deadline.signal
  const ctx = backgroundContext({ ids, log, signal, fields: { function: scheduled.name } })
  try {
    await endOnAbort(scheduled.run(ctx), deadline.signal)
  } finally {
    deadline.end()
  }
}
