import { AZ_COMMON, AZ_FLAGS } from './azure-reference.ts'
import { type Given, readLine } from './flags.ts'
import { readPath, type State, type Tool } from './state.ts'

interface Origin {
  readonly name: string
  readonly enabledState: string
  readonly weight: number
}

/** What `az` does with the commands of the column. Of a `--query` it knows those that the column asks. */
export const az: Tool = (argv, state) => {
  const given = readLine(argv, AZ_FLAGS, AZ_COMMON)
  if (given.flag('--subscription') === '' && given.command !== 'rest')
    throw new Error('the subscription is left to chance')
  const answer = ANSWERS[given.command]?.(given, state)
  if (answer === undefined || given.flag('--output') === 'none') return ''
  return given.flag('--output') === 'tsv' ? `${answer}\n` : JSON.stringify(answer)
}

const ANSWERS: Readonly<Record<string, (given: Given, state: State) => unknown>> = {
  'account show': () => 'deployer@example.com',
  'storage account show': ({ flag }, state) => state.need(`account ${flag('--name')}`),
  'storage account create': ({ flag }, state) => state.make(`account ${flag('--name')}`, flag('--sku')),
  'storage container-rm show': ({ flag }, state) => state.need(`container ${flag('--name')}`),
  'storage container-rm create': ({ flag }, state) => state.make(`container ${flag('--name')}`, 'made'),
  'role assignment list': ({ flag }, state) =>
    state.get(`role ${flag('--role')} of ${flag('--assignee')}`) === undefined ? 0 : 1,
  'role assignment create': ({ flag }, state) =>
    state.make(`role ${flag('--role')} of ${flag('--assignee')}`, flag('--scope')),
  'acr repository show': ({ flag }, state) => state.need(`image ${flag('--image')}`),
  rest: ({ flag }, state) => {
    if (!flag('--url').includes('/vaults/')) throw new Error('404 Not Found')
    const names = ['database-url', 'storage-key', 'token-key']
    const there = names.filter((name) => state.get(`secret ${name}`) !== undefined)
    return { value: there.map((name) => ({ name, properties: { attributes: { enabled: true } } })) }
  },
  'keyvault secret list': (_given, state) => allowed('Key Vault Secrets Officer', state),
  'storage blob list': (_given, state) => allowed('Storage Blob Data Contributor', state),
  'keyvault secret show': ({ flag }, state) => state.need(`secret ${flag('--name')}`),
  // It prints what it has stored, the value with it.
  'keyvault secret set': ({ flag }, state) => {
    allowed('Key Vault Secrets Officer', state)
    const value = readPath(flag('--file'))
    state.set(`secret ${flag('--name')}`, value)
    return { value }
  },
  'storage account keys list': () => 'account+key==',
  'functionapp deployment source config-zip': ({ flag }, state) => {
    state.set(`code of ${flag('--name')}`, flag('--src'))
  },
  'afd origin list': ({ flag }, state) => origins(flag('--origin-group-name'), state),
  'afd origin show': ({ flag }, state) => {
    const all = origins(flag('--origin-group-name'), state)
    const origin = all.find(({ name }) => name === flag('--origin-name'))
    if (origin === undefined) throw new Error('ResourceNotFound')
    return `${origin.enabledState} ${origin.weight}`
  },
  'afd origin update': updateOrigin,
  'monitor app-insights query': (_given, state) => state.need('insights'),
}

/** Who made a vault or an account may not see into it before it is given the role. */
const allowed = (role: string, state: State) => state.need(`role ${role} of deployer@example.com`)

const origins = (group: string, state: State) => state.need(`origins ${group}`) as readonly Origin[]

function updateOrigin({ flag }: Given, state: State): void {
  const group = flag('--origin-group-name')
  const weight = Number(flag('--weight'))
  if (!Number.isInteger(weight) || weight < 1 || weight > 1000) throw new Error('weight must be 1 to 1000')
  const changed = origins(group, state).map((origin) =>
    origin.name === flag('--origin-name')
      ? { ...origin, enabledState: flag('--enabled-state'), weight }
      : origin,
  )
  if (changed.every(({ enabledState }) => enabledState === 'Disabled')) throw new Error('no origin is left')
  state.set(`origins ${group}`, changed)
}
