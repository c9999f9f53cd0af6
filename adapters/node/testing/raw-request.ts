import { request } from 'node:http'

export interface RawAnswer {
  readonly status: number
  readonly text: string
}

/**
 * GET of a URL whose path goes over the wire as it is written: `fetch` would resolve its dots before anybody sees them.
 * `from` is an address of this machine, such as 127.0.0.2, that the server sees the request come from.
 */
export function askRaw(
  url: string,
  { headers = {}, from = '127.0.0.1' }: { headers?: Record<string, string>; from?: string } = {},
): Promise<RawAnswer> {
  const [, hostname = '', port = '', path = '/'] = /^http:\/\/([\d.]+):(\d+)(\/.*)$/s.exec(url) ?? []
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, path, headers, localAddress: from, agent: false }, (answer) => {
      const chunks: Buffer[] = []
      answer.on('data', (chunk: Buffer) => chunks.push(chunk))
      answer.once('error', reject)
      answer.once('end', () =>
        resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(chunks).toString() }),
      )
    })
    sent.once('error', reject)
    sent.end()
  })
}
