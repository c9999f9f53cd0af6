import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { loadManifests } from '../shared/manifests.ts'
import { planOf } from '../shared/plan.ts'
import { wantedPlaces } from '../shared/wanted-stacks.ts'
import type { Stack } from './stack.ts'

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url))

/** The stacks could not be synthesized; the message is what `cdktf/main.ts` said. */
export class SynthesisFailed extends Error {
  override readonly name = 'SynthesisFailed'
}

/** The stacks as `node cdktf/main.ts` writes them: all nine, or those that are named. Throws `SynthesisFailed`. */
export async function synthesize(ids: readonly string[] = []): Promise<readonly Stack[]> {
  const places = wantedPlaces({ SKYREEL_STACKS: ids.join(',') })
  const plan = planOf(await loadManifests())
  const outdir = await mkdtemp(join(tmpdir(), 'skyreel-synth-'))
  try {
    await runMain(outdir, ids)
    const read = places.map(async (place) => {
      const file = join(outdir, 'stacks', place.stackId, 'cdk.tf.json')
      return { place, plan, json: JSON.parse(await readFile(file, 'utf8')) }
    })
    return await Promise.all(read)
  } finally {
    await rm(outdir, { recursive: true, force: true })
  }
}

async function runMain(outdir: string, ids: readonly string[]): Promise<void> {
  const { SKYREEL_PREVIEW: _, ...own } = process.env
  const env = { ...own, CDKTF_OUTDIR: outdir, SKYREEL_STACKS: ids.join(','), CHECKPOINT_DISABLE: '1' }
  try {
    await promisify(execFile)(process.execPath, [MAIN], { env, timeout: 60_000 })
  } catch (cause) {
    const said = cause instanceof Error && 'stderr' in cause ? String(cause.stderr).trim() : String(cause)
    throw new SynthesisFailed(said, { cause })
  }
}
