import { randomName } from './random.ts'

const KEPT = 'skyreel.device'
/** One page, one player: two tabs of a browser are two players of one device. */
const player = randomName()

export interface ThisDevice {
  readonly device: string
  readonly player: string
  readonly deviceName: string
}

/** As playback knows this browser: a random name that stays, one for this page, and words for the person. */
export function thisDevice(): ThisDevice {
  const device = localStorage.getItem(KEPT) ?? randomName()
  localStorage.setItem(KEPT, device)
  return { device, player, deviceName: deviceName(navigator.userAgent) }
}

const BROWSERS = [
  ['Edge', /\bEdgA?\//],
  ['Opera', /\bOPR\//],
  ['Samsung Internet', /\bSamsungBrowser\//],
  ['Firefox', /\b(Firefox|FxiOS)\//],
  // These below stand in the names of those above, too.
  ['Chrome', /\b(Chrome|HeadlessChrome|CriOS)\//],
  ['Safari', /\bSafari\//],
] as const
const SYSTEMS = [
  ['iPhone', /\biPhone\b/],
  ['iPad', /\biPad\b/],
  ['Android', /\bAndroid\b/],
  ['Windows', /\bWindows\b/],
  ['Mac', /\bMacintosh\b/],
  ['ChromeOS', /\bCrOS\b/],
  ['Linux', /\bLinux\b/],
] as const

/** "Chrome on Linux": what a person would call the device, out of what the browser says of itself. */
export function deviceName(userAgent: string): string {
  const nameIn = (names: readonly (readonly [string, RegExp])[]) =>
    names.find(([, sign]) => sign.test(userAgent))?.[0]
  const system = nameIn(SYSTEMS)
  return `${nameIn(BROWSERS) ?? 'A browser'}${system ? ` on ${system}` : ''}`
}
