import * as z from 'zod/mini'
import { azureNames } from '../../../cdktf/azure/settings-names.ts'
import type { Place } from '../../../cdktf/shared/place.ts'
import type { Command } from '../column.ts'
import { az, azAsked } from './azure-command.ts'

/** The two apps of an API, as Front Door's origins of its group are called. */
export const ORIGINS = ['a', 'b'] as const
export type OriginName = (typeof ORIGINS)[number]
export const otherOf = (origin: OriginName): OriginName => (origin === 'a' ? 'b' : 'a')

/** A dry run has `<new release>` in place of the answer of a question; it is shown as it is. */
export const isAssumed = (release: string): boolean => release.startsWith('<')

/** Throws where a release is none of the two. */
export function originNamed(release: string): OriginName {
  const found = ORIGINS.find((origin) => origin === release)
  if (found !== undefined) return found
  throw new Error(`${release} is none of the two apps of an API: they are a and b`)
}

/**
 * What an origin is for is written in the last digit of its weight (1 to 1000): Front Door keeps it for us, whoever deploys,
 * and shares requests by it with an error below a hundredth. Terraform ignores weights, and may begin with any that ends
 * with another digit than these.
 */
const DIGIT = { candidate: 1, serving: 2, previous: 3 } as const
export type OriginRole = keyof typeof DIGIT

/** Of 0 to 99 percent of the requests. */
export const weightOf = (role: OriginRole, percent: number): number =>
  Math.min(99, percent) * 10 + DIGIT[role]

export interface Origin {
  readonly name: OriginName
  readonly enabled: boolean
  readonly role: OriginRole | undefined
}

const Origins = z.array(z.object({ name: z.string(), enabledState: z.string(), weight: z.number() }))

/** Reads what `listOrigins` answers. */
export const originsOf = (answer: unknown): readonly Origin[] =>
  Origins.parse(answer).map(({ name, enabledState, weight }) => ({
    name: originNamed(name),
    enabled: enabledState === 'Enabled',
    role: (Object.keys(DIGIT) as OriginRole[]).find((role) => DIGIT[role] === weight % 10),
  }))

/** The words that name the origins of a function's group. */
export const groupOf = (place: Place, fn: string): readonly string[] => {
  const { resourceGroup, frontDoor } = azureNames(place)
  return ['--resource-group', resourceGroup, '--profile-name', frontDoor, '--origin-group-name', fn]
}

/** Asks for both origins of a function. */
export const listOrigins = (place: Place, says: string, fn: string): Command =>
  azAsked(
    place,
    says,
    ...['afd', 'origin', 'list', ...groupOf(place, fn)],
    ...['--query', '[].{name: name, enabledState: enabledState, weight: weight}'],
  )

interface Setting {
  readonly says: string
  readonly origin: string
  readonly enabled: boolean
  readonly weight: number
}

/** Sets one origin. Front Door takes no weight of 0: who shall get nothing is switched off. */
export const setOrigin = (place: Place, fn: string, { says, origin, enabled, weight }: Setting): Command =>
  az(
    place,
    says,
    ...['afd', 'origin', 'update', ...groupOf(place, fn), '--origin-name', origin],
    ...['--enabled-state', enabled ? 'Enabled' : 'Disabled', '--weight', `${weight}`],
  )
