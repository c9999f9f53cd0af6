import { neonConfig } from '@neondatabase/serverless'
import type { NeonEndpoint } from './database.ts'

const plain = new Set<NeonEndpoint>()
const ofNeon = neonConfig.fetchEndpoint

// The driver asks one function for all connections of the process where its HTTP requests go.
neonConfig.fetchEndpoint = (host, port, more) => {
  if (plain.has(`${host}:${port}`)) return `http://${host}:${port}/sql`
  return typeof ofNeon === 'string' ? ofNeon : ofNeon(host, port, more)
}

/** The connection string with the endpoint in place of its host; unchanged without one. */
export function withEndpoint(url: string, endpoint: NeonEndpoint | undefined): string {
  if (endpoint === undefined) return url
  plain.add(endpoint)
  const other = new URL(url)
  other.host = endpoint
  return other.href
}
