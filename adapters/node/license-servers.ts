import {
  type LicenseAnswer,
  type LicenseCall,
  LicenseServerSilent,
  type LicenseServers,
} from '../../core/ports/license-servers.ts'

/** What is longer is no licence. */
const MOST_BYTES = 1024 * 1024

/** License servers over the process's own `fetch`: the network is the same in every column. */
export function openLicenseServers(): LicenseServers {
  return {
    async post(call) {
      const url = checkedUrl(call.url)
      const headers = checkedHeaders(call.headers)
      try {
        return await answerOf(await send(url, { ...call, headers }))
      } catch (cause) {
        if (cause instanceof LicenseServerSilent) throw cause
        // Without the query: some vendors take their token there.
        throw new LicenseServerSilent(`${url.origin} gave no answer`, { cause })
      }
    },
  }
}

type Sending = Omit<LicenseCall, 'headers'> & { readonly headers: Headers }

function send(url: URL, { headers, body, timeoutMs, signal }: Sending): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers,
    body: Buffer.from(body),
    redirect: 'manual',
    signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
  })
}

/** Challenges and tokens cross no network in the open. */
function checkedUrl(text: string): URL {
  const url = URL.parse(text)
  const loopback = url && /^(127(\.\d+){3}|localhost|\[::1\])$/.test(url.hostname)
  if (!url || !(url.protocol === 'https:' || (url.protocol === 'http:' && loopback)))
    throw new LicenseServerSilent('a license server must have an https URL')
  // fetch refuses it with words that quote the whole address.
  if (url.username !== '' || url.password !== '')
    throw new LicenseServerSilent('a license server must have an https URL without user and password')
  return url
}

function checkedHeaders(headers: LicenseCall['headers']): Headers {
  try {
    return new Headers(headers)
  } catch {
    // Without its cause, which quotes the value: some vendors take their token there.
    throw new LicenseServerSilent('a header for the license server cannot be sent')
  }
}

async function answerOf(response: Response): Promise<LicenseAnswer> {
  const contentType = response.headers.get('content-type') ?? ''
  return { status: response.status, contentType, body: await bytesOf(response) }
}

async function bytesOf({ body }: Response): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  let length = 0
  for await (const part of body ?? []) {
    length += part.length
    // Leaving the loop cancels the rest.
    if (length > MOST_BYTES) throw new LicenseServerSilent('the answer of the license server is too long')
    parts.push(part)
  }
  return Buffer.concat(parts)
}
