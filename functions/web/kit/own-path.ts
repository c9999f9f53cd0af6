/** A path of this very site, or `undefined`: where a link of somebody else's would lead elsewhere, we do not go. */
export function ownPath(text: string | null): string | undefined {
  return text !== null && /^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/.test(text) ? text : undefined
}

/** `/plans/` with the page that it is to lead back to. */
export const withBack = (page: string, back: string): string => `${page}?${new URLSearchParams({ back })}`
