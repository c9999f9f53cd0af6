import { setTimeout as sleep } from 'node:timers/promises'
import { openLog } from '../adapters/node/log.ts'
import type { Uses } from '../core/ports/ports.ts'
import {
  type DeadLetter,
  eventOf,
  findDeadLetter,
  outcomeOf,
  replay,
  waitingDeadLetters,
} from '../core/run/dead-letter.ts'
import { isId } from '../core/run/id.ts'
import type { Verdict } from '../core/run/verdict.ts'
import { openDeadLetterDesk } from './dead-letter-desk.ts'
import { WrongSetting } from './settings.ts'
import { explain, table } from './terminal.ts'

const HELP = `npm run dead-letters -- list | replay [id]      npm run replay [-- id]

Events that a function dropped, or failed too often. Mend the cause first; then replay one, or all that wait.
The running platform takes them up within seconds, else its next start does. What fails again is a new dead letter.

  SKYREEL_HOME, DATABASE_URL   as for npm start
  SKYREEL_CLOUD                aws, gcp or azure: the deployment whose variables (docs/deployment.md) are set beside it
Status 0: nothing that was replayed has failed again.
`

type Needs = Uses<'db' | 'queue' | 'clock'>
type Command = (uses: Needs, mayRun: boolean) => Promise<void>

async function main(words: readonly string[]): Promise<void> {
  if (words.some((word) => word === '--help' || word === '-h')) return console.log(HELP)
  const act = command(words)
  const log = openLog({ level: 'warn', pretty: true, write: (text) => void process.stderr.write(text) })
  await using desk = await openDeadLetterDesk(process.env, log)
  await act(desk.uses, desk.mayRun)
}

function command([verb = 'list', id, ...more]: readonly string[]): Command {
  if (verb === 'list' && id === undefined) return list
  if (verb !== 'replay' || more.length > 0) throw new WrongSetting(HELP)
  return async (uses, mayRun) => replayAll(uses, await chosen(uses, id), mayRun)
}

async function list(uses: Needs): Promise<void> {
  const letters = await waitingDeadLetters(uses)
  if (letters.length === 0) return console.log('No dead letter waits.')
  const head = ['id', 'since', 'function', 'event', 'about', 'why']
  console.log(table(head, letters.map(row)))
}

function row(letter: DeadLetter): string[] {
  const { type, subject } = eventOf(letter) ?? { type: '(no event)', subject: undefined }
  const why = letter.reason.replace(/\s+/g, ' ').slice(0, 100)
  return [letter.id, letter.createdAt.toISOString(), letter.consumer, type, subject ?? '-', why]
}

async function chosen(uses: Needs, id: string | undefined): Promise<readonly DeadLetter[]> {
  if (id === undefined) return waitingDeadLetters(uses)
  const letter = isId('evt', id) ? await findDeadLetter(uses, id) : undefined
  if (!letter) throw new WrongSetting(`There is no dead letter ${id}. The list: npm run dead-letters -- list`)
  if (letter.replayedAt) throw new WrongSetting(`${id} was replayed at ${letter.replayedAt.toISOString()}.`)
  return [letter]
}

async function replayAll(uses: Needs, letters: readonly DeadLetter[], mayRun: boolean): Promise<void> {
  if (letters.length === 0) return console.log('No dead letter waits.')
  const sent = await sendAll(uses, letters)
  if (!mayRun)
    return console.log(`${sent.length} replayed. Skyreel does not run: its next start delivers them.`)
  const outcomes = await settled(uses, sent)
  for (const [at, letter] of sent.entries())
    console.log(`${letter.id}  ${letter.consumer}  ${words(outcomes[at])}`)
  if (outcomes.some((outcome) => outcome?.is === 'drop')) process.exitCode = 1
}

/** One that no queue takes must not keep the others back. */
async function sendAll(uses: Needs, letters: readonly DeadLetter[]): Promise<DeadLetter[]> {
  const sent: DeadLetter[] = []
  for (const letter of letters) {
    try {
      await replay(uses, letter)
      sent.push(letter)
    } catch (error) {
      console.error(`${letter.id}  ${letter.consumer}  was not replayed, and waits: ${explain(error)}`)
      process.exitCode = 1
    }
  }
  return sent
}

/** A function that is tried several times takes a few seconds to give up. */
const WAIT_MS = 30_000

async function settled(uses: Needs, letters: readonly DeadLetter[]): Promise<(Verdict | undefined)[]> {
  for (const until = performance.now() + WAIT_MS; ; await sleep(200)) {
    const outcomes = await Promise.all(letters.map((letter) => outcomeOf(uses, letter)))
    if (outcomes.every(Boolean) || performance.now() > until) return outcomes
  }
}

function words(outcome: Verdict | undefined): string {
  if (!outcome) return 'is on its way; it is delivered while Skyreel runs, or at its next start'
  return outcome.is === 'drop' ? `failed again: ${outcome.reason}` : 'done'
}

await main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(`skyreel: ${explain(error)}`)
  process.exitCode = 1
})
