/** 3725 → `1:02:05`; under an hour `2:05`. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds))
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60]
  const two = (n: number) => String(n).padStart(2, '0')
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`
}

/** `1:02:05`, `2:05` or `65` (seconds) → seconds; `undefined` for anything else. */
export function parseClock(text: string): number | undefined {
  const match = /^(?:(?:(\d{1,2}):)?(\d{1,3}):)?(\d{1,5}(?:\.\d{1,3})?)$/.exec(text.trim())
  if (!match) return undefined
  const [h, m, s] = [Number(match[1] ?? 0), Number(match[2] ?? 0), Number(match[3])]
  return match[2] !== undefined && s >= 60 ? undefined : h * 3600 + m * 60 + s
}

const UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB'] as const
/** 1_530_000 → `1.5 MB`, decimal units as file managers show them. */
export function size(bytes: number): string {
  const step = bytes < 1000 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(bytes) / 3))
  const value = bytes / 1000 ** step
  return `${step === 0 || value >= 100 ? Math.round(value) : Number(value.toFixed(1))} ${UNITS[step]}`
}

/** How long something still takes, coarsely: `a few seconds`, `40 s`, `3 min`, `2 h`. */
export function remaining(seconds: number): string {
  if (seconds < 5) return 'a few seconds'
  if (seconds < 90) return `${Math.round(seconds)} s`
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`
}

export const percent = (share: number): string => `${Math.floor(Math.min(1, Math.max(0, share)) * 100)} %`

const DAY = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' })
export const day = (iso: string): string => DAY.format(new Date(iso))

const MOMENT = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' })
export const moment = (iso: string): string => MOMENT.format(new Date(iso))
