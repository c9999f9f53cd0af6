import { completeOnboarding, onboardingLink } from '../resources/accounts.ts'
import { html, notFound, pageOf, redirectTo } from './html.ts'
import type { PageHandler } from './request.ts'

/** `/onboard/:link`: where a payee says who they are. Nothing that is typed here is kept. */
export const onboardPage: PageHandler = ({ store }, { method, parts: [id = ''] }) => {
  const known = store.get(id)
  if (known?.object !== 'skyreel.account_link') return notFound()
  const link = onboardingLink(store, id)
  if (!link) return redirectTo(String(known.refresh_url ?? '/'))
  if (method === 'POST') {
    store.atomically(() => {
      completeOnboarding(store, String(link.account))
      store.put({ ...link, expires_at: 0, done: true })
    })
    return redirectTo(String(link.return_url ?? '/'))
  }
  const body = html`<p>Tell who you are and where your share of the income goes. Made-up answers will do.</p>
<form method="post" action="/onboard/${id}">
<label for="name">Full name</label>
<input id="name" name="name" autocomplete="name" required value="Test Person">
<label for="iban">Bank account</label>
<input id="iban" name="iban" required value="000123456789">
<button type="submit">Finish</button>
<a class="button quiet" href="${String(link.return_url ?? '/')}">Later</a>
</form>`
  return pageOf({ title: 'Get paid', body, leadsTo: [link.return_url as string | null] })
}
