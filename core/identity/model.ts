/** The cookie that carries a browser's refresh token. */
export const REFRESH_COOKIE = 'skyreel_refresh'

/** However often it is refreshed, a session ends this long after its sign-in. */
export const SESSION_MAX_DAYS = 180

/**
 * A refresh token that comes again within this time gets the same answer again: two tabs that wake up together, a page
 * reloaded while its refresh was under way, an answer lost on the network. Later it counts as stolen.
 */
export const REFRESH_GRACE_SECONDS = 10

/** A reading request trusts a token this long before its session is looked up again; a changing request never does. */
export const SESSION_RECHECK_SECONDS = 10

export const daysAfter = (at: Date, days: number): Date => new Date(at.getTime() + days * 86_400_000)

/** What to call somebody who gave no name. */
export const nameFromEmail = (email: string): string => email.slice(0, email.lastIndexOf('@')).slice(0, 100)

/** `owner`: everything, and who else belongs. `billing`: plans, invoices and payment methods. `member`: uses what is paid for. */
export const MEMBER_ROLES = ['owner', 'billing', 'member'] as const
export type MemberRole = (typeof MEMBER_ROLES)[number]
