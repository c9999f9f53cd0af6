import type { CallRequest } from '../call.ts'
import { decodeForm } from '../form-decoding.ts'
import { StripeFailure } from '../store.ts'
import { controlPage } from './control.ts'
import { html, notFound, type PageAnswer, pageOf } from './html.ts'
import { invoicePage } from './invoice.ts'
import { onboardPage } from './onboard.ts'
import { payPage } from './pay.ts'
import { portalPage } from './portal.ts'
import type { PageHandler, PageUses } from './request.ts'

const PAGES: Readonly<Record<string, PageHandler>> = {
  pay: payPage,
  portal: portalPage,
  invoice: invoicePage,
  onboard: onboardPage,
  _skyreel: controlPage,
}

/** The pages that a customer sees, and the control of the server for demonstrations. */
export async function answerPage(
  uses: PageUses,
  { method, path, headers }: Pick<CallRequest, 'method' | 'path' | 'headers'>,
  body: () => Promise<string>,
): Promise<PageAnswer> {
  const [name = '', ...parts] = path.slice(1).split('/').map(decodeURIComponent)
  const page = Object.hasOwn(PAGES, name) ? PAGES[name] : undefined
  if (!page || !['GET', 'POST'].includes(method)) return notFound()
  if (method === 'POST' && headers.origin !== undefined && headers.origin !== uses.origin) return elsewhere()
  try {
    const form = method === 'POST' ? decodeForm(await body()) : {}
    return page(uses, { method, parts: parts.filter(Boolean), form })
  } catch (error) {
    if (!(error instanceof StripeFailure)) throw error
    const said = html`<p class="error" role="alert">${error.message}</p>`
    return pageOf({ title: 'That did not work', status: error.status, body: said })
  }
}

// A form on some other site's page must not press buttons here.
function elsewhere(): PageAnswer {
  const body = html`<p>This form was sent from another site.</p>`
  return pageOf({ title: 'Refused', status: 403, body })
}
