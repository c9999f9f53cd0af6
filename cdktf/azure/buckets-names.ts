/** Containers of the data account; the first two are the buckets of the manifests. */
export const CONTAINERS = ['uploads', 'media', 'dead-letters'] as const
export type ContainerName = (typeof CONTAINERS)[number]
