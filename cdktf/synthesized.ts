import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url))

interface How {
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
}
export type Stack = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>

/** Synthesizes in a process of its own, as a deployment does, into `out`. Throws with what it printed. */
export async function synthesize(out: string, { env = {}, cwd = ROOT }: How = {}): Promise<void> {
  const clean = { ...process.env, SKYREEL_STACKS: '', SKYREEL_PREVIEW: '', CDKTF_OUTDIR: out, ...env }
  await promisify(execFile)(process.execPath, [MAIN], { cwd, env: clean })
}

/** The text that Terraform is given of one stack. */
export const stackText = (out: string, id: string): Promise<string> =>
  readFile(join(out, 'stacks', id, 'cdk.tf.json'), 'utf8')

/** Synthesizes into a folder that is gone afterwards. */
export async function withStacks<T>(how: How, body: (stack: (id: string) => Promise<Stack>) => Promise<T>) {
  const out = await mkdtemp(join(tmpdir(), 'skyreel-synth-'))
  try {
    await synthesize(out, how)
    return await body(async (id) => JSON.parse(await stackText(out, id)))
  } finally {
    await rm(out, { recursive: true, force: true })
  }
}
