/**
 * In a job's process: aborted when it is asked to stop (SIGTERM, SIGINT) or its parent is gone. The job then gives back
 * what it holds and ends.
 */
export function endSignal(): AbortSignal {
  const controller = new AbortController()
  const end = (because: string) => () => controller.abort(new Error(because))
  process.once('SIGTERM', end('asked to stop'))
  process.once('SIGINT', end('asked to stop'))
  process.once('disconnect', end('the platform is gone'))
  // The listener alone would keep the process alive after its work.
  process.channel?.unref()
  // With the parent gone its pipes are broken; a log line must not end the job before it has given its work back.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)
  return controller.signal
}

/** Tells the platform that there is something in a shared folder; nothing where there is no parent. */
export function tellParent(): void {
  if (process.connected) process.send?.('look')
}
