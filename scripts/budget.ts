import { rolldown } from 'rolldown'

/** Minified bytes of one function with all that it needs, as it would be shipped to a cloud without its adapter. */
export async function bundleBytes(file: string): Promise<number> {
  const build = await rolldown({ input: file, platform: 'node', external: [/^node:/], logLevel: 'silent' })
  try {
    const { output } = await build.generate({ format: 'esm', minify: true })
    return output.reduce(
      (sum, chunk) => sum + (chunk.type === 'chunk' ? Buffer.byteLength(chunk.code) : 0),
      0,
    )
  } finally {
    await build.close()
  }
}

/**
 * What a function may weigh, in bytes, by its kind. Size is the part of a cold start that does not depend on the
 * machine: a megabyte costs about 100 ms at the first request.
 */
export const BUDGET_BYTES = { http: 250_000, on: 100_000, cron: 100_000, job: 150_000 } as const
