import type { Links } from './wire.ts'

/** The id at the end of a link: PayPal names what belongs together by links alone. */
export function idInLink(links: Links, rel: string): string | null {
  const href = links.find((link) => link.rel === rel)?.href
  return /\/([\w-]+)$/.exec(href ?? '')?.[1] ?? null
}
