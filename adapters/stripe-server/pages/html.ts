import { createHash } from 'node:crypto'

/** Text that is markup already. */
export interface Markup {
  readonly markup: string
}
type Part = string | number | Markup | readonly Markup[] | null | undefined

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Markup of a template; everything put in is escaped. */
export function html(texts: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return { markup: texts.map((text, index) => text + shown(parts[index])).join('') }
}

export interface PageAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Buffer
}
export interface Page {
  readonly title: string
  readonly body: Markup
  readonly status?: number
  /** Where forms of this page may lead in the end: Chromium holds a form's redirects to the policy, too. */
  readonly leadsTo?: readonly (string | null | undefined)[]
}

/** A whole page: no scripts, nothing from elsewhere. */
export function pageOf({ title, body, status = 200, leadsTo = [] }: Page): PageAnswer {
  const targets = ["'self'", ...new Set(leadsTo.flatMap((url) => (url ? [new URL(url).origin] : [])))]
  const { markup } = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · Local Stripe test page</title>
<style>${{ markup: STYLE }}</style>
</head>
<body>
<p class="note" role="note">Local Stripe test page - no money moves</p>
<main>
<h1>${title}</h1>
${body}
</main>
</body>
</html>
`
  return {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; form-action ${targets.join(' ')}; base-uri 'none'; frame-ancestors 'none'`,
      'cache-control': 'no-store',
      // With `no-referrer` browsers send forms with the origin `null`, and ours must be told from others'.
      'referrer-policy': 'same-origin',
      'x-content-type-options': 'nosniff',
    },
    body: markup,
  }
}

export function redirectTo(url: string): PageAnswer {
  return { status: 303, headers: { location: url, 'cache-control': 'no-store' }, body: '' }
}

export function notFound(): PageAnswer {
  return pageOf({ title: 'Not found', status: 404, body: html`<p>There is nothing here, or it is over.</p>` })
}

function shown(part: Part): string {
  if (part === null || part === undefined) return ''
  if (typeof part === 'string' || typeof part === 'number') {
    return String(part).replaceAll(/[&<>"']/g, (sign) => ESCAPES[sign] ?? sign)
  }
  return 'markup' in part ? part.markup : part.map(({ markup }) => markup).join('')
}

const STYLE = `
body{font:16px/1.5 system-ui,sans-serif;margin:0;background:#f6f7f9;color:#1a1f36}
main{max-width:34rem;margin:2rem auto;padding:1.5rem 2rem;background:#fff;border:1px solid #d5dbe1;border-radius:8px}
h1{font-size:1.4rem;margin:0 0 1rem}h2{font-size:1.1rem;margin:1.5rem 0 .5rem}
.note{margin:0;padding:.5rem 1rem;text-align:center;background:#7a3e00;color:#fff;font-weight:600}
label{display:block;margin:.75rem 0 .25rem;font-weight:600}
input,select{width:100%;box-sizing:border-box;padding:.55rem;font:inherit;border:1px solid #6b7385;border-radius:5px}
.pair{display:grid;grid-template-columns:1fr 1fr;gap:1rem}
button,.button{display:inline-block;margin:1rem .5rem 0 0;padding:.6rem 1.2rem;font:inherit;font-weight:600;border:1px solid #3b3fb5;border-radius:5px;background:#3b3fb5;color:#fff;cursor:pointer;text-decoration:none}
button.quiet,.button.quiet{background:#fff;color:#3b3fb5}
:focus-visible{outline:3px solid #e08a00;outline-offset:2px}
.error{padding:.6rem .8rem;border:1px solid #b3261e;border-radius:5px;background:#fdecea;color:#7d1a14}
.hint{color:#4a5568;font-size:.9rem}
table{width:100%;border-collapse:collapse}th,td{text-align:left;padding:.4rem .3rem;border-bottom:1px solid #d5dbe1}
td.money,th.money{text-align:right;font-variant-numeric:tabular-nums}
@media print{.note,.button{display:none}main{border:0}}
`
const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64')
