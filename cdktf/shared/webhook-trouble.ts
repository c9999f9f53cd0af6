/** The function that looks after the inbox of webhooks. */
export const WEBHOOK_SWEEP = 'webhook-sweep'

/**
 * How its lines begin of which a person must know, once an hour while it lasts: webhooks that nobody could process or that
 * are not meant for us, and none for a day from a provider that has our subscribers. An alarm listens for these words.
 */
export const WEBHOOK_TROUBLE = ['webhooks wait for an operator', 'no webhook came for a day'] as const
