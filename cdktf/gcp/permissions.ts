import { ServiceAccount } from '@cdktf/provider-google/lib/service-account/index.js'
import type { PlannedFunction } from '../shared/plan.ts'
import type { SkyreelStack } from '../shared/skyreel-stack.ts'
import { accountName } from './settings-names.ts'

/** Grants on the whole project, by their address in the stack, each with the reason why nothing narrower exists. */
export const WIDE_GRANTS: readonly { readonly id: string; readonly reason: string }[] = [
  {
    id: 'grant-build-log',
    reason: 'Cloud Logging has no resource below the project that writing could be granted on',
  },
  {
    id: 'grant-eventarc-receive',
    reason: 'an Eventarc trigger demands it of its account, and it is granted on projects alone',
  },
  {
    id: 'grant-storage-publish',
    reason: "Eventarc names the topic of the store's events by itself, so that it cannot be granted before",
  },
]

/** Who a function or a job is to Google. */
export type Identities = ReadonlyMap<string, ServiceAccount>

/** One account for each function and each job, which nothing is granted to yet. */
export const openIdentities = (stack: SkyreelStack): Identities =>
  new Map(stack.plan.map((fn) => [fn.name, account(stack, fn.name, fn.name)]))

/** Accounts of those who call functions: each may call what its own service delivers to, and do nothing else. */
export interface Callers {
  readonly bus: ServiceAccount
  readonly store: ServiceAccount
  readonly schedules: ServiceAccount
}

export const openCallers = (stack: SkyreelStack): Callers => ({
  bus: account(stack, 'call-bus', 'pushes messages of the bus'),
  store: account(stack, 'call-store', 'delivers events of the store'),
  schedules: account(stack, 'call-cron', 'starts schedules'),
})

/** The account of Google's build; what it reads and writes is granted where the functions are laid. */
export const openBuilder = (stack: SkyreelStack): ServiceAccount =>
  account(stack, 'build', 'builds the functions from their zips')

/** The account of a planned function. Throws where there is none: a defect of the stack. */
export function identityOf(identities: Identities, { name }: Pick<PlannedFunction, 'name'>): ServiceAccount {
  const found = identities.get(name)
  if (found === undefined) throw new Error(`${name} has no account`)
  return found
}

const account = (stack: SkyreelStack, short: string, displayName: string) =>
  new ServiceAccount(stack, `account-${short}`, {
    accountId: accountName(stack.place, { name: short }),
    displayName,
  })
