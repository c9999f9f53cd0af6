import type { Manifest, UsesDeclaration } from '../../core/run/function.ts'

/** What one function needs from a cloud, as plain data: no handler, no schema, nothing that cannot be printed. */
export interface PlannedFunction {
  readonly name: string
  readonly kind: Manifest['kind']
  readonly memoryMb: number
  readonly timeoutSeconds: number
  readonly trigger: Trigger
  readonly uses: UsesDeclaration
  /** Instances at once at most; without it as many as the platform gives. */
  readonly concurrency?: number
  /** Processors of a job's container. */
  readonly cpu?: number
  readonly image?: string
}
export type Trigger =
  | { readonly http: readonly string[] }
  | { readonly event: string; readonly bucket?: string; readonly attempts: number }
  | { readonly every: string }
  | { readonly job: string }

/** The manifests as a plan, sorted by name: the same manifests give the same bytes, so that a diff shows what changed. */
export function planOf(manifests: readonly Manifest[]): PlannedFunction[] {
  return manifests.map(planned).sort((a, b) => (a.name < b.name ? -1 : 1))
}

function planned(manifest: Manifest): PlannedFunction {
  const { name, kind, memoryMb } = manifest
  const plan = { name, kind, memoryMb, timeoutSeconds: secondsOf(manifest), trigger: triggerOf(manifest) }
  const uses = sorted(manifest.uses) as UsesDeclaration
  if (manifest.kind !== 'job') return { ...plan, ...atOnce(manifest), uses }
  return { ...plan, cpu: manifest.cpu, image: manifest.image, uses }
}

const atOnce = ({ concurrency }: { concurrency?: number }) =>
  concurrency === undefined ? {} : { concurrency }

const secondsOf = (manifest: Manifest): number =>
  manifest.kind === 'job' ? manifest.timeoutMinutes * 60 : manifest.timeoutSeconds

function triggerOf(manifest: Manifest): Trigger {
  switch (manifest.kind) {
    case 'http':
      return { http: manifest.routes.map((route) => `${route.method} ${route.path}`).sort() }
    case 'on': {
      const { type, bucket, attempts } = manifest
      return bucket === undefined ? { event: type, attempts } : { event: type, bucket, attempts }
    }
    case 'cron':
      return { every: manifest.every }
    case 'job':
      return { job: manifest.job }
  }
}

/** Lists and fields in one order, whatever order they were written in. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted).sort()
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]))
}
