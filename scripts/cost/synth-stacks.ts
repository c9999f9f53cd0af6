import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { ROOT } from '../settings.ts'
import type { SynthesizedStack } from './standing.ts'

const run = promisify(execFile)

/** The stacks of these ids as Terraform reads them; made in a folder that is removed again. Throws with what synthesis said. */
export async function synthesize(ids: readonly string[]): Promise<ReadonlyMap<string, SynthesizedStack>> {
  const folder = await mkdtemp(join(tmpdir(), 'skyreel-cost-'))
  const env = { ...process.env, CDKTF_OUTDIR: folder, SKYREEL_STACKS: ids.join(','), SKYREEL_PREVIEW: '' }
  try {
    await run(process.execPath, [join(ROOT, 'cdktf/main.ts')], { cwd: ROOT, env })
    return new Map(await Promise.all(ids.map(async (id) => [id, await read(folder, id)] as const)))
  } catch (error) {
    throw new Error(`the stacks cannot be synthesized: ${saidBy(error)}`, { cause: error })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const read = async (folder: string, id: string): Promise<SynthesizedStack> =>
  JSON.parse(await readFile(join(folder, 'stacks', id, 'cdk.tf.json'), 'utf8'))

const saidBy = (error: unknown): string => {
  const { stderr } = error as { stderr?: string }
  return stderr?.trim() || String(error)
}
