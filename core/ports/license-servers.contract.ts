import { expect } from 'vitest'
import { contract, type Gap, type Open } from '../run/contract.ts'
import { type LicenseCall, LicenseServerSilent, type LicenseServers } from './license-servers.ts'

/** What a server on this machine does with every request. */
export type Behaviour =
  | {
      readonly does: 'answers'
      readonly status: number
      readonly headers: Readonly<Record<string, string>>
      readonly body: Uint8Array
    }
  /** `stops`: sends half an answer and no more. `breaks off`: closes the connection then. */
  | { readonly does: 'nothing' | 'stops' | 'breaks off' }

export interface SeenRequest {
  /** `POST /path?query`. */
  readonly line: string
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: Uint8Array
}

export interface OpenedLicenseServers {
  readonly licenseServers: LicenseServers
  /** Origin of the server; it does nothing until it is told. */
  readonly origin: string
  behave(behaviour: Behaviour, onRequest?: () => void): void
  readonly seen: readonly SeenRequest[]
  /** Nobody listens there any more. */
  leave(): Promise<void>
}

const MIB = 1024 * 1024

/** Every promise of the LicenseServers port. */
export function licenseServersContract(
  title: string,
  open: Open<OpenedLicenseServers>,
  gaps: readonly Gap[] = [],
): void {
  contract(title, open, gaps, (rule) => {
    rule('hands the bytes over with their headers', async ({ licenseServers, origin, behave, seen }) => {
      behave(answer({}))
      const headers = { 'x-axdrm-message': 'signed' }
      await licenseServers.post(callOf(`${origin}/get?a=b`, { headers, body: Uint8Array.of(0, 255, 8) }))
      const said = seen.map(({ line, body, headers: got }) => [line, got['x-axdrm-message'], ...body])
      expect(said).toEqual([['POST /get?a=b', 'signed', 0, 255, 8]])
    })
    rule('answers status, media type and bytes as they came', async ({ licenseServers, origin, behave }) => {
      const headers = { 'content-type': 'text/xml; charset=utf-8' }
      behave(answer({ status: 403, headers, body: Uint8Array.of(0, 254) }))
      const { status, contentType, body } = await licenseServers.post(callOf(origin))
      expect([status, contentType, [...body]]).toEqual([403, 'text/xml; charset=utf-8', [0, 254]])
    })
    rule('answers a redirect as one', async ({ licenseServers, origin, behave }) => {
      behave(answer({ status: 302, headers: { location: '/elsewhere' } }))
      expect((await licenseServers.post(callOf(origin))).status).toBe(302)
    })
    rule('does not follow a redirect', async ({ licenseServers, origin, behave, seen }) => {
      behave(answer({ status: 302, headers: { location: '/elsewhere' } }))
      await licenseServers.post(callOf(origin))
      expect(seen.map(({ line }) => line)).toEqual(['POST /'])
    })
    rule('takes an answer of 1 MiB', async ({ licenseServers, origin, behave }) => {
      behave(answer({ body: new Uint8Array(MIB) }))
      expect((await licenseServers.post(callOf(origin))).body.length).toBe(MIB)
    })
    rule('takes no longer one', async ({ licenseServers, origin, behave }) => {
      behave(answer({ body: new Uint8Array(MIB + 1) }))
      await expect(licenseServers.post(callOf(origin))).rejects.toThrow(LicenseServerSilent)
    })
    for (const does of ['nothing', 'stops'] as const)
      rule(`waits no longer than it is told for a server: ${does}`, async (opened) => {
        opened.behave({ does })
        const call = callOf(opened.origin, { timeoutMs: 100 })
        await expect(opened.licenseServers.post(call)).rejects.toThrow(LicenseServerSilent)
      })
    rule('stops when the caller does', async ({ licenseServers, origin, behave }) => {
      const caller = new AbortController()
      behave({ does: 'nothing' }, () => caller.abort())
      const call = callOf(origin, { signal: caller.signal })
      await expect(licenseServers.post(call)).rejects.toThrow(LicenseServerSilent)
    })
    rule('is told of an answer that breaks off', async ({ licenseServers, origin, behave }) => {
      behave({ does: 'breaks off' })
      await expect(licenseServers.post(callOf(origin))).rejects.toThrow(LicenseServerSilent)
    })
    rule('is told of a server that is not there', async ({ licenseServers, origin, leave }) => {
      await leave()
      await expect(licenseServers.post(callOf(origin))).rejects.toThrow(LicenseServerSilent)
    })
    for (const url of ['http://licenses.example', 'http://127.0.0.1.example', 'file:///etc/passwd', 'none'])
      rule(`sends nothing to ${url}`, async ({ licenseServers }) => {
        await expect(licenseServers.post(callOf(url))).rejects.toThrow('must have an https URL')
      })
    rule('says nothing of a password in an address', async ({ licenseServers }) => {
      const url = 'https://user:token-of-tests@127.0.0.1/?t=token-of-tests'
      const error: unknown = await licenseServers.post(callOf(url)).catch((error: unknown) => error)
      expect([error instanceof LicenseServerSilent, allWords(error)]).toEqual([
        true,
        expect.not.stringContaining('token-of-tests'),
      ])
    })
    rule('says nothing of a header that cannot be sent', async ({ licenseServers, origin }) => {
      const call = callOf(origin, { headers: { authorization: 'token-of-tests\nx: y' } })
      const error: unknown = await licenseServers.post(call).catch((error: unknown) => error)
      expect([error instanceof LicenseServerSilent, allWords(error)]).toEqual([
        true,
        expect.not.stringContaining('token-of-tests'),
      ])
    })
    rule('says nothing of query or headers when it fails', async ({ licenseServers, origin, leave }) => {
      await leave()
      const call = callOf(`${origin}/?t=token-of-tests`, { headers: { authorization: 'token-of-tests' } })
      const error: unknown = await licenseServers.post(call).catch((error: unknown) => error)
      expect([error instanceof LicenseServerSilent, allWords(error)]).toEqual([
        true,
        expect.not.stringContaining('token-of-tests'),
      ])
    })
  })
}

const callOf = (url: string, more: Partial<LicenseCall> = {}): LicenseCall => ({
  ...{ url, headers: {}, body: Uint8Array.of(8, 4) },
  ...{ timeoutMs: 20_000, signal: new AbortController().signal },
  ...more,
})

const answer = (more: Partial<Extract<Behaviour, { does: 'answers' }>>): Behaviour => ({
  ...{ does: 'answers', status: 200, headers: {}, body: Uint8Array.of(1) },
  ...more,
})

/** With those of its causes, which a log shows, too. */
const allWords = (error: unknown): string =>
  error instanceof Error ? `${error.message} ${error.stack} ${allWords(error.cause)}` : ''
