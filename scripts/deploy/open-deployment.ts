import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { environmentFor } from '../../cdktf/cli/terraform.ts'
import type { Place } from '../../cdktf/shared/place.ts'
import { Deployment, type DeploymentOptions } from './deployment.ts'
import { dryHands } from './dry-hands.ts'
import type { Ground } from './ground.ts'
import { type Hands, workingHands } from './hands.ts'
import { openJournal } from './journal.ts'
import { journalPath, logPath } from './journal-paths.ts'
import { Refused } from './shell.ts'
import { groupLives } from './stop-group.ts'
import { terraformOf } from './terraform.ts'
import type { View } from './view.ts'

type Wishes = Pick<DeploymentOptions, 'expiresAt' | 'skipChecks' | 'acceptDrift' | 'yes'>

export interface Opening extends Wishes {
  readonly place: Place
  readonly ground: Ground
  readonly signal: AbortSignal
  readonly view: Pick<View, 'tell' | 'murmur'>
}

/** A deployment that does it. Waits for what an earlier one left running. */
export async function openDeployment(opening: Opening): Promise<Deployment> {
  const { place, ground, signal } = opening
  const journal = openJournal(journalPath(ground, place))
  const running = (group: number | undefined) =>
    journal.change(({ group: _, ...before }) => (group === undefined ? before : { ...before, group }))
  await waitFor((await journal.read()).group, opening)
  const base = { ...opening.view, running }
  const options = { ...opening, journal, openColumn: await ground.openColumn(place) }
  return new Deployment({
    ...options,
    hands: workingHands({ ...base, shell: shellOf(opening, signal), signal }),
    lastHands: lastHandsOf(opening),
  })
}

function lastHandsOf(opening: Opening): Hands {
  const { signal } = new AbortController()
  return workingHands({ ...opening.view, shell: shellOf(opening, signal), signal })
}

const shellOf = ({ ground, place }: Opening, signal: AbortSignal) =>
  ground.openShell({ root: ground.root, log: logPath(ground, place), env: childEnv(ground), signal })

/** npx and node are those of the checkout, also where the command was not started by npm. */
function childEnv({ env, root }: Ground): NodeJS.ProcessEnv {
  const path = [join(root, 'node_modules/.bin'), env.PATH ?? ''].join(delimiter)
  return { ...env, ...environmentFor(env), PATH: path }
}

const LONGEST_WAIT_MS = 60 * 60_000

/** A deployment that was killed leaves its last command at work: Terraform must be let finish, for the sake of its state. */
async function waitFor(group: number | undefined, { view, signal }: Opening): Promise<void> {
  if (group === undefined || !groupLives(group)) return
  view.tell(`a command of the deployment before is still at work (process group ${group}): waiting for it`)
  for (const until = Date.now() + LONGEST_WAIT_MS; groupLives(group); await pause(500))
    if (signal.aborted || Date.now() > until)
      throw new Refused(
        `process group ${group} of the deployment before is still at work`,
        'Wait for it, or end it.',
      )
}

/** A deployment that prints itself. The stack is synthesized aside, since what is published and split stands in it. */
export async function openDryDeployment(opening: Opening, tell: (line: string) => void): Promise<Deployment> {
  const { place, ground } = opening
  const hands = dryHands(tell)
  return new Deployment({
    ...opening,
    ...{ hands, lastHands: hands, stackJson: await synthesized(opening) },
    journal: openJournal(journalPath(ground, place)),
    openColumn: await ground.openColumn(place),
  })
}

async function synthesized(opening: Opening): Promise<string> {
  const { place, ground, signal } = opening
  const outdir = await mkdtemp(join(tmpdir(), 'skyreel-dry-run-'))
  try {
    const shell = ground.openShell({
      root: ground.root,
      log: join(outdir, 'log'),
      env: childEnv(ground),
      signal,
    })
    const terraform = terraformOf({ ...ground, place, outdir, binary: 'terraform' })
    const { status, stderr } = await shell.run(terraform.synth())
    if (status !== 0)
      throw new Refused(`the stack cannot be synthesized\n${stderr.trim()}`, 'Mend what it names.')
    return await readFile(join(terraform.folder, 'cdk.tf.json'), 'utf8')
  } finally {
    await rm(outdir, { recursive: true, force: true })
  }
}
