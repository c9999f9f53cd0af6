import { X509Certificate } from 'node:crypto'

/** The name that PayPal's own verifiers ask for. */
const SIGNER = /^CN=messageverificationcerts(\.[a-z]+)?\.paypal\.com$/m
/** Longer than any real chain: a root, two between, and the signer. */
const LONGEST = 6

/**
 * The certificate that signs, where it is PayPal's, good now, and leads to a root that is trusted. Undefined where it does
 * not: then nothing that it signed is believed.
 */
export function trustedSigner(
  pem: string,
  { roots, now }: { readonly roots: readonly string[]; readonly now: Date },
): X509Certificate | undefined {
  const [signer, ...between] = certificatesIn(pem)
  if (!signer || !SIGNER.test(signer.subject) || signer.publicKey.asymmetricKeyType !== 'rsa')
    return undefined
  const trusted = roots.map((root) => new X509Certificate(root))
  return leadsToRoot(signer, { between, trusted, now }) ? signer : undefined
}

function certificatesIn(pem: string): readonly X509Certificate[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []
  try {
    return blocks.map((block) => new X509Certificate(block))
  } catch {
    return []
  }
}

interface Known {
  readonly between: readonly X509Certificate[]
  readonly trusted: readonly X509Certificate[]
  readonly now: Date
}

function leadsToRoot(from: X509Certificate, { between, trusted, now }: Known): boolean {
  let current = from
  for (let steps = 0; steps < LONGEST; steps += 1) {
    if (now < current.validFromDate || now > current.validToDate) return false
    const issued = (by: X509Certificate) => by.ca && current.checkIssued(by) && current.verify(by.publicKey)
    const root = trusted.find(issued)
    if (root) return now <= root.validToDate
    const next = between.find((by) => by !== current && issued(by))
    if (!next) return false
    current = next
  }
  return false
}
