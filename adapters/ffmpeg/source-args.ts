import { fileURLToPath } from 'node:url'

/** ffmpeg's input arguments for a `file:` or http(s) URL. A broken connection is taken up again where it broke. */
export function inputArgs(source: string): string[] {
  if (source.startsWith('file:')) return ['-i', `file:${fileURLToPath(source)}`]
  return ['-reconnect', '1', '-reconnect_on_network_error', '1', '-reconnect_delay_max', '20', '-i', source]
}
