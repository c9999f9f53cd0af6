/** Which release is asked after, and when: the last `minutes` before `now`. */
export interface HealthWindow {
  readonly release: string
  readonly minutes: number
  readonly now: Date
}

/**
 * A cloud shows its figures some minutes late, so that a window which ends now is half empty. It begins as much earlier;
 * what lies there is of the same release, from the step before.
 */
export interface Seen {
  readonly start: Date
  readonly seconds: number
}

export function seen({ minutes, now }: Pick<HealthWindow, 'minutes' | 'now'>, lateMinutes: number): Seen {
  const seconds = (minutes + lateMinutes) * 60
  return { seconds, start: new Date(now.getTime() - seconds * 1000) }
}
