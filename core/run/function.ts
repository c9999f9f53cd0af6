import type { EventData, EventType } from '../../events/catalog.ts'
import type { Provider } from '../billing/provider-objects.ts'
import type { DrmSystem } from '../drm/model.ts'
import type { Route } from '../http/route.ts'
import type { JobInput, JobKind } from '../ports/jobs.ts'
import type { Ports } from '../ports/ports.ts'
import type { Bucket } from '../ports/storage.ts'
import type { Context } from './context.ts'
import type { Envelope } from './envelope.ts'
import type { Verdict } from './verdict.ts'

/** What a function may touch. Infrastructure turns it into permissions, so it lists no more than is used. */
export interface UsesDeclaration {
  readonly db?: 'read' | 'readwrite'
  readonly storage?: Readonly<Partial<Record<Bucket, readonly StorageAction[]>>>
  readonly bus?: readonly 'publish'[]
  readonly queue?: readonly 'send'[]
  readonly jobs?: readonly JobKind[]
  readonly secrets?: readonly string[]
  /** Of the key that wraps the keys of films: what is encrypted needs `wrap`, what opens it `unwrap`. */
  readonly keyVault?: readonly ('wrap' | 'unwrap')[]
  /** Vendors of DRM that it calls, each by its secret. */
  readonly licenseServers?: readonly DrmSystem[]
  /** Providers of payments that it calls or whose webhooks it verifies; each needs its secrets, too. */
  readonly payments?: readonly Provider[]
  readonly tax?: 'calculate'
}
export type StorageAction = 'get' | 'put' | 'head' | 'list' | 'remove' | 'sign-get' | 'sign-put'

interface Deployable {
  /** Kebab case, unique over all functions: the deployed name on every cloud. */
  readonly name: string
  readonly uses: UsesDeclaration
  /** Why its bundle may be larger than scripts/budget.ts allows. */
  readonly bundle?: { readonly reason: string }
  /** Instances at once at most, to bound what a flood of events costs. Without it as many as the platform gives. */
  readonly concurrency?: number
}

export interface HttpFunction extends Deployable {
  readonly kind: 'http'
  readonly routes: readonly Route[]
  readonly memoryMb: number
  readonly timeoutSeconds: number
}

export interface OnFunction<T extends EventType = EventType> extends Deployable {
  readonly kind: 'on'
  readonly type: T
  /** For storage events: only of this bucket. */
  readonly bucket?: Bucket
  /** Deliveries before the event becomes a dead letter. */
  readonly attempts: number
  readonly memoryMb: number
  readonly timeoutSeconds: number
  handler(event: Envelope<T, EventData<T>>, ports: Ports, ctx: Context): Promise<Verdict>
}

export interface CronFunction extends Deployable {
  readonly kind: 'cron'
  /** `'1 minute'`, `'15 minutes'`, `'1 day'`. */
  readonly every: `${number} ${'minute' | 'minutes' | 'hour' | 'hours' | 'day' | 'days'}`
  readonly memoryMb: number
  readonly timeoutSeconds: number
  handler(ports: Ports, ctx: Context): Promise<void>
}

export interface JobFunction<K extends JobKind = JobKind> extends Deployable {
  readonly kind: 'job'
  readonly job: K
  /** Container image: `media` holds ffmpeg and shaka-packager. */
  readonly image: 'media'
  readonly cpu: number
  readonly memoryMb: number
  readonly timeoutMinutes: number
  handler(input: JobInput[K], ports: Ports, ctx: Context): Promise<void>
}

export type Manifest = HttpFunction | OnFunction | CronFunction | JobFunction

/** A deployable HTTP API of one domain. */
export const http = (f: Omit<HttpFunction, 'kind'>): HttpFunction => ({ kind: 'http', ...f })
/** A reaction to one type of event. */
export const on = <T extends EventType>(f: Omit<OnFunction<T>, 'kind'>): OnFunction<T> => ({
  kind: 'on',
  ...f,
})
/** Work on a schedule. Runs may overlap or be late; the handler must bear both. */
export const cron = (f: Omit<CronFunction, 'kind'>): CronFunction => ({ kind: 'cron', ...f })
/** Long work in a container. */
export const job = <K extends JobKind>(f: Omit<JobFunction<K>, 'kind'>): JobFunction<K> => ({
  kind: 'job',
  ...f,
})
