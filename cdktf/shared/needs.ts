import {
  type Cloud,
  DRM_SYSTEMS,
  type Environment,
  PAYMENT_PROVIDERS,
  type PaymentProvider,
  paymentProviders,
} from './environment.ts'
import type { Place } from './place.ts'
import type { PlannedFunction } from './plan.ts'

/** A secret that a deployed function may read. `database-url-read` is of a role that may only select. */
export const SECRETS = [
  'token-key',
  'delivery-key',
  'storage-key',
  'cdn-key',
  'database-url',
  'database-url-read',
  'stripe-key',
  'stripe-webhook',
  'paypal',
  'braintree',
  'razorpay',
  'widevine',
  'playready',
  'fairplay',
  'drm-vendors',
  'speke',
] as const
export type SecretName = (typeof SECRETS)[number]

/**
 * The secrets that a cloud's column has no use for: AWS signs the store's URLs with the function's role, Google with its
 * service account, and Azure's CDN takes the store's own signatures.
 */
const NOT_ON: Readonly<Record<Cloud, readonly SecretName[]>> = {
  aws: ['storage-key'],
  gcp: ['storage-key'],
  azure: ['cdn-key'],
}

const OF_PROVIDER: Readonly<Record<PaymentProvider, readonly SecretName[]>> = {
  stripe: ['stripe-key', 'stripe-webhook'],
  paypal: ['paypal'],
  braintree: ['braintree'],
  razorpay: ['razorpay'],
}

/** Where a deployment is, and by whom it is paid. */
export type Holder = Pick<Place, 'cloud' | 'environment'>

/** Secrets of payment and of DRM that the environment does not name: nobody makes them, and nobody may read them. */
export function secretsLeftOut({ environment }: Pick<Place, 'environment'>): readonly SecretName[] {
  const named = paymentProviders(environment)
  const payment = PAYMENT_PROVIDERS.filter((one) => !named.includes(one)).flatMap((one) => OF_PROVIDER[one])
  return [...payment, ...drmSecretsLeftOut(environment)]
}

/** Our own proxies need what each system's owner gave us; a vendor needs one secret for all. Clear Key needs none. */
function drmSecretsLeftOut({ drm = {} }: Environment): readonly SecretName[] {
  const systems = DRM_SYSTEMS.filter((system) => !(drm.systems ?? []).includes(system))
  const asksVendors = (drm.by ?? 'own') !== 'own' || drm.callbacks === true
  return [...systems, ...(asksVendors ? [] : VENDORS), ...(drm.speke === true ? [] : PACKAGERS)]
}

const VENDORS = ['drm-vendors'] as const
const PACKAGERS = ['speke'] as const

/** Who answers licences, as functions/entry/config.ts reads it; `own` is its default. */
export const drmVariables = ({
  environment,
}: Pick<Place, 'environment'>): Readonly<Record<string, string>> =>
  environment.drm?.by === undefined ? {} : { SKYREEL_DRM_BY: environment.drm.by }

/**
 * How a function is told of them. It does not ask for such a secret: of one that its role does not name AWS says that it is
 * forbidden, and Google does so of one that does not exist, as if a permission had been forgotten.
 */
export function leftOutVariables(place: Pick<Place, 'environment'>): Readonly<Record<string, string>> {
  const names = secretsLeftOut(place)
  return names.length === 0 ? {} : { SKYREEL_SECRETS_LEFT_OUT: names.join(',') }
}

/** Every secret that a deployment holds. */
export function secretsOn({ cloud, environment }: Holder): readonly SecretName[] {
  const absent = [...NOT_ON[cloud], ...secretsLeftOut({ environment })]
  return SECRETS.filter((name) => !absent.includes(name))
}

/**
 * What the manifest names, the one connection string that its use of the database asks for, and the key that signs the
 * store's URLs where it signs some. Sorted, and without what this deployment does not hold.
 */
export function secretsOf({ name, uses }: PlannedFunction, at: Holder): readonly SecretName[] {
  const named = (uses.secrets ?? [])
    .filter((secret) => secret !== 'database-url')
    .map((secret) => known(name, secret))
  const all = new Set([...named, ...databaseSecret(uses.db), ...signingSecret(uses.storage)])
  return secretsOn(at).filter((secret) => all.has(secret))
}

function signingSecret(storage: PlannedFunction['uses']['storage'] = {}): readonly SecretName[] {
  const signs = Object.values(storage).some((actions) => actions.some((action) => action.startsWith('sign-')))
  return signs ? ['storage-key'] : []
}

function databaseSecret(use: 'read' | 'readwrite' | undefined): readonly SecretName[] {
  if (use === undefined) return []
  return [use === 'read' ? 'database-url-read' : 'database-url']
}

function known(fn: string, secret: string): SecretName {
  const found = SECRETS.find((one) => one === secret)
  if (found === undefined)
    throw new Error(`${fn} uses the secret "${secret}", which is none of ${SECRETS.join(', ')}`)
  return found
}
