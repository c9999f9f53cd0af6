import icon from './icon.svg?url'
import { attempt } from './say.tsx'
import { signOut, user } from './session.ts'

export type At = 'watch' | 'plans' | 'account' | 'studio' | 'billing'
const PAGES: readonly { at: At; path: string; name: string; shown: (at: At) => boolean }[] = [
  { at: 'watch', path: '/', name: 'Watch', shown: () => true },
  { at: 'plans', path: '/plans/', name: 'Plans', shown: () => true },
  { at: 'studio', path: '/studio/', name: 'Studio', shown: () => true },
  {
    at: 'billing',
    path: '/studio/billing/',
    name: 'Billing',
    shown: (at) => at === 'studio' || at === 'billing',
  },
  { at: 'account', path: '/account/', name: 'Account', shown: () => Boolean(user.value) },
]

/** The bar on top of each page. */
export function Header({ at }: { at: At }) {
  return (
    <header class="header">
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <div class="header-row">
        <a class="brand" href="/">
          <img src={icon} alt="" width="28" height="28" />
          Skyreel
        </a>
        <nav aria-label="Pages">
          {PAGES.filter(({ shown }) => shown(at)).map((page) => (
            <a key={page.at} href={page.path} aria-current={at === page.at ? 'page' : undefined}>
              {page.name}
            </a>
          ))}
        </nav>
        <Account at={at} />
      </div>
    </header>
  )
}

function Account({ at }: { at: At }) {
  const who = user.value
  if (who)
    return (
      <div class="account">
        <span class="account-name">{who.name || who.email}</span>
        <button type="button" class="button small" onClick={() => attempt(signOut)}>
          Sign out
        </button>
      </div>
    )
  if (who === null && (at === 'watch' || at === 'plans'))
    return (
      <div class="account">
        <a class="button small" href="/account/">
          Sign in
        </a>
      </div>
    )
  return null
}
