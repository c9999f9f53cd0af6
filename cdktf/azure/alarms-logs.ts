import { OWN_LETTER } from '../shared/own-letter.ts'
import type { SkyreelStack } from '../shared/skyreel-stack.ts'
import { WEBHOOK_TROUBLE } from '../shared/webhook-trouble.ts'
import { jobName } from './settings-names.ts'

/** A question to the workspace, asked every quarter of an hour for 0.50 USD a month; each row that it finds is something wrong. */
export interface LogAlarm {
  readonly id: string
  readonly says: string
  /** 1 wakes somebody, 2 can wait for the morning. */
  readonly severity: 1 | 2
  /** In the Kusto language, over the tables of the workspace. */
  readonly query: string
  /** So many rows are nothing. */
  readonly above: number
}

/** What the workspace is asked, for all functions together. `poison` are the queues of what the host gave up. */
export const logAlarms = (stack: SkyreelStack, poison: readonly string[]): readonly LogAlarm[] => [
  deadLetters(poison),
  webhooks,
  oldMessages,
  errors,
  failedJobs(stack),
]

/** The queues' own metric is one number for the account, once an hour; the host says which queue, at once. */
const deadLetters = (poison: readonly string[]): LogAlarm => ({
  id: 'dead-letters',
  says: 'A message was given up. "npm run dead-letters" shows it, or "az storage message peek" in the queue that the line names.',
  ...{ severity: 1, above: 0 },
  query: `AppTraces | where Message has '${OWN_LETTER}' or (Message has 'Moving message to queue' and Message has_any (${quoted(poison)}))`,
})

const webhooks: LogAlarm = {
  id: 'webhooks',
  says: 'Webhooks of a payment provider are dead or put aside ("npm run billing -- dead" shows them), or none came for a day: look whether the provider has disabled the endpoint.',
  ...{ severity: 1, above: 0 },
  query: `AppTraces | where ${WEBHOOK_TROUBLE.map((words) => `Message has '${words}'`).join(' or ')}`,
}

/** Azure has no metric of a queue's age. The host writes of each message that it takes when it was put there. */
const oldMessages: LogAlarm = {
  id: 'old-messages',
  says: 'A message waited for more than half an hour: its consumer fails, or is too slow.',
  ...{ severity: 2, above: 0 },
  query:
    "AppTraces | where Message startswith 'Trigger Details:' | parse Message with * 'InsertedOn: ' Inserted:datetime | where TimeGenerated - Inserted > 30m",
}

/** Flex Consumption throttles nobody by a code of its own: what it has no instance for ends as a 5xx of the edge. */
const errors: LogAlarm = {
  id: 'errors',
  says: 'More than five calls of functions failed, or were answered with 5xx, in a quarter of an hour.',
  ...{ severity: 2, above: 5 },
  query: 'AppRequests | where Success == false and not(toint(ResultCode) between (400 .. 499))',
}

const failedJobs = ({ place, plan }: SkyreelStack): LogAlarm => ({
  id: 'failed-jobs',
  says: 'A container ended before its work, or was ended by its time limit. The sweep starts it again.',
  ...{ severity: 2, above: 0 },
  query: `ContainerAppSystemLogs | where JobName in~ (${quoted(
    plan.flatMap(({ trigger }) => ('job' in trigger ? [jobName(place, trigger.job)] : [])),
  )}) | where Reason in~ ('BackoffLimitExceeded', 'DeadlineExceeded')`,
})

const quoted = (names: readonly string[]): string => names.map((name) => `'${name}'`).join(', ')
