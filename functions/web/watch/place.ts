import { signal } from '@preact/signals'

/** The film that the address names: `/?v=vid_…`; `undefined` on the list. */
export const place = signal(placeOf(location.search))

addEventListener('popstate', () => {
  place.value = placeOf(location.search)
})

function placeOf(search: string): string | undefined {
  return new URLSearchParams(search).get('v') || undefined
}

export const addressOf = (video: string): string => `/?v=${encodeURIComponent(video)}`

/** Follows a link within the page; a click that wants a new tab or a download stays the browser's. */
export function follow(event: MouseEvent & { readonly currentTarget: HTMLAnchorElement }): void {
  if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
  event.preventDefault()
  history.pushState(null, '', event.currentTarget.href)
  place.value = placeOf(location.search)
  scrollTo(0, 0)
}
