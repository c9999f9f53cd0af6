import icon from './icon.svg?url'
import { attempt } from './say.tsx'
import { signOut, user } from './session.ts'

/** The bar on top of each page. */
export function Header({ at }: { at: 'watch' | 'studio' }) {
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
          <a href="/" aria-current={at === 'watch' ? 'page' : undefined}>
            Watch
          </a>
          <a href="/studio/" aria-current={at === 'studio' ? 'page' : undefined}>
            Studio
          </a>
        </nav>
        <Account at={at} />
      </div>
    </header>
  )
}

function Account({ at }: { at: 'watch' | 'studio' }) {
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
  if (who === null && at === 'watch')
    return (
      <div class="account">
        <a class="button small" href="/studio/">
          Sign in
        </a>
      </div>
    )
  return null
}
