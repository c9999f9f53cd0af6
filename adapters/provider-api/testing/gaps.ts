import type { Gap } from '../../../core/run/contract.ts'

const gap = (because: string) => (test: string) => ({ test, because })

/** Rules that a provider without a bus, without lists of events and without checkout of its own does not keep. */
export const WEBHOOKS_ALONE: readonly Gap[] = [
  ...['reads the same event out of a cloud’s envelope', 'refuses what is no envelope'].map(
    gap('it hands no events to the event bus of a cloud'),
  ),
  ...['makes a customer once by a key', 'finds our customer in theirs'].map(
    gap('customers are made by it, at the first payment'),
  ),
  ...['lists events oldest first, and on from one that is known'].map(gap('its events cannot be listed')),
  ...['begins a payment that the browser confirms'].map(gap('payments begin on its own pages')),
]

export const NO_LISTS: readonly Gap[] = [
  'lists objects newest first',
  'lists only what was made since then',
].map(gap('its objects come by webhook alone'))

export const NO_SIGNED_TIME: readonly Gap[] = [
  'refuses one that was signed 301 seconds ago',
  'refuses one that is signed 301 seconds ahead',
].map(gap('no time of sending is signed, and it sends an event again for a day'))
