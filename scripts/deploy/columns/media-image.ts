import type { Command } from '../column.ts'

/** What a column is told of the image: where it goes, and the folder that holds its Dockerfile. */
export interface MediaImage {
  readonly repository: string
  readonly tag: string
  readonly context: string
}

/**
 * Builds and pushes in one. Without provenance the tag is one image and not an index of two, which some registries show
 * as an image of an unknown platform. A platform other than this machine's needs QEMU's binfmt handlers.
 */
export const buildAndPush = (
  { repository, tag, context }: MediaImage,
  platform: 'linux/arm64' | 'linux/amd64',
): Command => ({
  says: `build the image of long media work for ${platform} and push it`,
  argv: [
    ...(['docker', 'buildx', 'build', '--platform', platform, '--provenance=false'] as const),
    ...['--tag', `${repository}:${tag}`, '--push', context],
  ],
})

export const DOCKER = {
  name: 'docker',
  install: 'Docker with buildx: https://docs.docker.com/engine/install/',
} as const
