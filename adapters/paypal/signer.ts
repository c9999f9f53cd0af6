import type { X509Certificate } from 'node:crypto'
import { rootCertificates } from 'node:tls'
import { PaymentUnavailable, WebhookRefused } from '../../core/ports/payments.ts'
import { callOver, type Fetch } from '../provider-api/http-call.ts'
import { trustedSigner } from './certificate-chain.ts'
import { CERTIFICATE_HOST, type PaypalSettings } from './settings.ts'

export interface SignerOptions {
  readonly fetching: Fetch
  /** Certificates that may be at the end of a chain, as PEM; those of Node without them. */
  readonly roots?: readonly string[] | undefined
}

/** Few are in use at a time. A delivery names its own: more than these are an attack, and must not fill the memory. */
const MOST_KEPT = 8

/**
 * The certificate that a delivery names. Whoever could choose where it is fetched would sign with a key of their own: so
 * host and path are PayPal's, and its chain is checked at each use, since it may have ended meanwhile.
 */
export function openSigners({ fetching, roots = rootCertificates }: SignerOptions) {
  const kept = new Map<string, string>()
  return async (url: string, settings: PaypalSettings, now: Date): Promise<X509Certificate> => {
    if (!isPaypals(url, settings)) throw new WebhookRefused('signature', 'the certificate is not at PayPal')
    const pem = kept.get(url) ?? (await fetchPem(fetching, url))
    const signer = trustedSigner(pem, { roots, now })
    if (!signer) throw new WebhookRefused('signature', 'the certificate is not one that PayPal signs with')
    if (kept.size >= MOST_KEPT) kept.clear()
    kept.set(url, pem)
    return signer
  }
}

/** As the header has it and as it is parsed: what one of both reads otherwise is none. */
function isPaypals(url: string, { environment }: PaypalSettings): boolean {
  const start = `https://${CERTIFICATE_HOST[environment]}/v1/notifications/certs/`
  return url.startsWith(start) && /^[\w-]{1,100}$/.test(url.slice(start.length))
}

async function fetchPem(fetching: Fetch, url: string): Promise<string> {
  const { status, text } = await callOver(fetching, url, { headers: { accept: '*/*' } })
  if (status === 200) return text
  if (status === 404) throw new WebhookRefused('signature', 'PayPal has no such certificate')
  throw new PaymentUnavailable(`PayPal answers ${status} for a certificate`)
}
