import { userInfo } from 'node:os'
import { isId, type WebhookId } from '../../core/run/id.ts'
import { discardWebhook, retryWebhook, troubledWebhooks } from '../../core/webhooks/troubled.ts'
import { WrongSetting } from '../settings.ts'
import { table } from '../terminal.ts'
import { type Command, drain } from './repair.ts'
import type { Words } from './words.ts'

export const listTroubled: Command = async ({ uses }) => {
  const rows = await troubledWebhooks(uses)
  if (rows.length === 0) return console.log('No webhook waits for an operator.')
  const head = ['id', 'since', 'state', 'provider', 'type', 'about', 'why']
  const lines = rows.map(({ id, receivedAt, state, provider, type, objectId, lastError }) => {
    const why = (lastError ?? '-').replace(/\s+/g, ' ').slice(0, 100)
    return [id, receivedAt.toISOString(), state, provider, type, objectId ?? '-', why]
  })
  console.log(table(head, lines))
}

export const retryOne: Command = async (at, words) => {
  const id = idOf(words)
  if (words.dryRun) return console.log(`${id} would be tried again.`)
  const decision = { note: words.note ?? 'retry', by: operator() }
  if (!(await retryWebhook(at.uses, id, decision))) throw notTroubled(id)
  await drain(at)
}

export const discardOne: Command = async ({ uses }, words) => {
  const id = idOf(words)
  if (!words.note) throw new WrongSetting('Why? npm run billing -- discard whk_... --note "..."')
  if (words.dryRun) return console.log(`${id} would be given up.`)
  if (!(await discardWebhook(uses, id, { note: words.note, by: operator() }))) throw notTroubled(id)
  console.log(`${id} is given up.`)
}

/** Kept with the decision: who sits at this machine. */
const operator = () => userInfo().username

function idOf({ id = '' }: Words): WebhookId {
  if (isId('whk', id)) return id
  throw new WrongSetting('Which one? Its id is in: npm run billing -- dead')
}

const notTroubled = (id: string) =>
  new WrongSetting(`${id} is neither dead nor quarantined. The list: npm run billing -- dead`)
