import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Hands, workingHands } from '../../hands.ts'
import { openNodeShell } from '../../node-shell.ts'
import { openState, type State } from './state.ts'

export interface StandIns extends AsyncDisposable {
  /** Of a deployment, with the tools of the clouds replaced. */
  readonly hands: Hands
  /** What the clouds hold. */
  readonly state: State
  /** Every call, with all arguments of the process. */
  calls(): Promise<readonly (readonly string[])[]>
  /** Everything that was written to the log of commands. */
  log(): Promise<string>
}

const SCRIPT = fileURLToPath(new URL('stand-in.ts', import.meta.url))

/** Programs `aws`, `gcloud`, `az`, `docker` and `curl` on a PATH of their own, and the deployment's real shell over them. */
export async function openStandIns(): Promise<StandIns> {
  const folder = await mkdtemp(join(tmpdir(), 'skyreel-stand-ins-'))
  await mkdir(join(folder, 'bin'))
  await writeFile(join(folder, 'state.json'), '{}')
  await Promise.all(['aws', 'gcloud', 'az', 'docker', 'curl'].map((tool) => install(folder, tool)))
  const { signal } = new AbortController()
  const log = join(folder, 'commands.log')
  const env = { PATH: `${join(folder, 'bin')}:/usr/bin:/bin` }
  const text = (file: string) => readFile(join(folder, file), 'utf8').catch(() => '')
  return {
    hands: workingHands({
      ...{ signal, tell: () => undefined, murmur: () => undefined },
      shell: openNodeShell({ root: folder, log, env, signal }),
    }),
    state: openState(join(folder, 'state.json')),
    calls: async () =>
      (await text('calls.jsonl'))
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as string[]),
    log: () => text('commands.log'),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  }
}

async function install(folder: string, tool: string): Promise<void> {
  const file = join(folder, 'bin', tool)
  await writeFile(file, `#!/bin/sh\nexec '${process.execPath}' '${SCRIPT}' '${folder}' ${tool} "$@"\n`)
  await chmod(file, 0o755)
}
