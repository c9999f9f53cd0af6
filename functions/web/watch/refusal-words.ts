import type { RefusalReason } from '../../../core/playback/model.ts'
import { ApiProblem } from '../kit/problem.ts'

/** What a person can do about it. */
export type Way = 'again' | 'sign-in' | 'plans' | 'devices' | 'streams' | 'age' | 'films'

interface Words {
  readonly title: string
  readonly sentence: string
  /** The first one is the likeliest. */
  readonly ways: readonly Way[]
}

/** Every refusal in words for the person who wants to watch. */
export const REFUSAL_WORDS: Readonly<Record<RefusalReason, Words>> = {
  'not-found': {
    title: 'There is no such film',
    sentence: 'It was deleted, or it is private.',
    ways: ['films', 'sign-in'],
  },
  'not-playable-yet': {
    title: 'This film is not ready yet',
    sentence: 'It is still being made ready. Look again in a moment.',
    ways: ['again'],
  },
  'film-failed': {
    title: 'This film could not be made watchable',
    sentence: 'Whoever uploaded it knows why.',
    ways: ['films'],
  },
  'sign-in-required': {
    title: 'Sign in to watch this film',
    sentence: 'Only people with an account can watch it.',
    ways: ['sign-in'],
  },
  'subscription-required': {
    title: 'This film is for subscribers.',
    sentence: 'With a plan that has it, you can watch it at once.',
    ways: ['plans', 'sign-in'],
  },
  'playback-token-invalid': {
    title: 'The player lost its permission',
    sentence: 'This happens where a page stays open for very long. Start it again.',
    ways: ['again'],
  },
  'playback-token-expired': {
    title: 'You were away for a while',
    sentence: 'The player stopped meanwhile. It goes on where it was.',
    ways: ['again'],
  },
  'playback-token-replayed': {
    title: 'This playback is used elsewhere',
    sentence: 'The same permission to play came from two places, so it was ended.',
    ways: ['again', 'devices'],
  },
  'playback-ended': {
    title: 'Playback was ended',
    sentence: 'You ended it on another device, the film’s owner ended it, or this page was away for long.',
    ways: ['again', 'devices'],
  },
  'too-many-streams': {
    title: 'Too many screens at once',
    sentence: 'Your plan plays on as many screens as it has. Stop one of them, or choose a larger plan.',
    ways: ['streams', 'again', 'plans'],
  },
  'too-many-devices': {
    title: 'Too many devices',
    sentence:
      'You have watched on as many devices as you may within 30 days. Remove one that you no longer use.',
    ways: ['devices', 'again'],
  },
  'not-in-your-country': {
    title: 'Not shown in your country',
    sentence: 'This film may not be shown in the country that you seem to be in.',
    ways: ['films'],
  },
  'anonymous-network': {
    title: 'Turn off your VPN or proxy',
    sentence:
      'This film may not be shown through a network that hides where you are. Turn it off, then try again.',
    ways: ['again'],
  },
  'not-open-yet': {
    title: 'Not open yet',
    sentence: 'This film may not be shown yet. Come back later.',
    ways: ['again', 'films'],
  },
  'no-longer-open': {
    title: 'No longer open',
    sentence: 'This film may not be shown any more.',
    ways: ['films'],
  },
  'age-restricted': {
    title: 'For older viewers',
    sentence: 'This film is for older viewers than your account is set to, or no age is set.',
    ways: ['age', 'sign-in', 'films'],
  },
  'taken-down': {
    title: 'This film was taken down',
    sentence: 'Nobody can watch it at the moment.',
    ways: ['films'],
  },
  'quality-not-allowed': {
    title: 'Not in this quality',
    sentence: 'Your plan or this device may not have any quality that this film comes in.',
    ways: ['plans', 'again'],
  },
  'foreign-key': {
    title: 'This film cannot be opened',
    sentence: 'The player asked for a key that is not this film’s. Start it again.',
    ways: ['again'],
  },
  'offline-not-allowed': {
    title: 'Not to keep',
    sentence: 'This film may not be kept on a device, or your plan does not have that.',
    ways: ['again', 'plans'],
  },
  'too-many-requests': {
    title: 'That was too often',
    sentence: 'Wait a moment, then try again.',
    ways: ['again'],
  },
  'decision-unavailable': {
    title: 'Please try again',
    sentence: 'Whether you may watch cannot be told at the moment.',
    ways: ['again'],
  },
}

/** The reason in the platform's answer, where it is a refusal to play. */
export function refusalIn(error: unknown): RefusalReason | undefined {
  const code = error instanceof ApiProblem ? error.facts.code : ''
  return isReason(code) ? code : undefined
}

const isReason = (code: string): code is RefusalReason => Object.hasOwn(REFUSAL_WORDS, code)
