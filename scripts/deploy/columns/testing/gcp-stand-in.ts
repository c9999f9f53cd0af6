import { readLine } from './flags.ts'
import { CURL_FLAGS, GCLOUD_COMMON, GCLOUD_FLAGS } from './gcp-reference.ts'
import { readPath, readStdin, type State, type Tool } from './state.ts'

interface Target {
  readonly revisionName: string
  readonly percent?: number
  readonly tag?: string
  readonly latestRevision?: boolean
}
interface Service {
  readonly ready: string
  readonly created: string
  readonly traffic: readonly Target[]
}
interface Line {
  readonly subject: string
  flag(name: string): string
  has(name: string): boolean
}

/** What `gcloud` does with the commands of the column. */
export const gcloud: Tool = (argv, state) => {
  const { command, words, flag, has } = readLine(argv, GCLOUD_FLAGS, GCLOUD_COMMON)
  return ANSWERS[command]?.({ subject: words[0] ?? '', flag, has }, state) ?? ''
}

const ANSWERS: Readonly<Record<string, (line: Line, state: State) => string | undefined>> = {
  'storage buckets describe': ({ subject }, state) => String(state.need(subject)),
  'storage buckets create': ({ subject }, state) => void state.make(subject, 'made'),
  'storage buckets update': ({ subject, flag }, state) =>
    state.set(`lifecycle of ${subject}`, JSON.parse(readPath(flag('--lifecycle-file')))) as undefined,
  'artifacts docker images describe': ({ subject }, state) =>
    String(state.need(`image ${subject.replace(/^[^/]+\//, '')}`)),
  'secrets versions list': ({ subject }, state) =>
    JSON.stringify(state.get(`secret ${subject}`) === undefined ? [] : [{ name: '1', state: 'ENABLED' }]),
  'secrets versions add': ({ subject, flag }, state) => {
    if (flag('--data-file') !== '-') throw new Error('a file was not expected')
    state.set(`secret ${subject}`, readStdin())
    return undefined
  },
  'compute backend-buckets describe': ({ subject }, state) => pretty(backend(subject, state)),
  'compute backend-buckets add-signed-url-key': ({ subject, flag }, state) =>
    state.make(
      `key ${flag('--key-name')} of ${subject}`,
      readPath(flag('--key-file')).trimEnd(),
    ) as undefined,
  'compute backend-buckets delete-signed-url-key': ({ subject, flag }, state) => {
    state.need(`key ${flag('--key-name')} of ${subject}`)
    state.set(`key ${flag('--key-name')} of ${subject}`, undefined)
    return undefined
  },
  'auth print-access-token': () => 'ya29.token\n',
  'run services describe': described,
  'run services update-traffic': updateTraffic,
}

const pretty = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`

/** Without a key the field is not there. */
const backend = (name: string, state: State) => ({
  name,
  cdnPolicy: state.get(`key skyreel of ${name}`) === undefined ? {} : { signedUrlKeyNames: ['skyreel'] },
})

const service = (name: string, state: State) => state.need(`service ${name}`) as Service

function described({ subject, flag }: Line, state: State): string {
  const { ready, created, traffic } = service(subject, state)
  const format = flag('--format')
  if (format === 'value(status.latestReadyRevisionName)') return `${ready}\n`
  // A specification that follows the newest names no revision.
  const wanted = traffic.map(({ revisionName, ...rest }) =>
    rest.latestRevision === true ? rest : { ...rest, revisionName },
  )
  if (format === 'json(spec.traffic)') return pretty({ spec: { traffic: wanted } })
  if (format !== 'json') throw new Error(`unknown format ${format}`)
  return pretty({ status: { latestReadyRevisionName: ready, latestCreatedRevisionName: created, traffic } })
}

/** A tag is a target of its own, without a share. */
function updateTraffic({ subject, flag, has }: Line, state: State): undefined {
  const was = service(subject, state)
  const [added = '', revisionName = ''] = flag('--update-tags').split('=')
  const gone = [added, flag('--remove-tags')]
  const tags = was.traffic.filter(({ tag }) => tag !== undefined && !gone.includes(tag))
  const shares = has('--to-revisions')
    ? sharesOf(flag('--to-revisions'))
    : was.traffic.filter(({ percent }) => percent !== undefined)
  const traffic = [...shares, ...tags, ...(added === '' ? [] : [{ revisionName, tag: added }])]
  state.set(`service ${subject}`, { ...was, traffic })
}

function sharesOf(text: string): Target[] {
  const targets = text.split(',').map((one) => {
    const [revisionName = '', percent] = one.split('=')
    return { revisionName, percent: Number(percent) }
  })
  if (targets.reduce((sum, { percent }) => sum + percent, 0) !== 100)
    throw new Error('shares must sum to 100')
  return targets
}

/** What `curl` does with Cloud Monitoring's time series: it refuses who does not sign in by a header of standard input. */
export const curl: Tool = (argv, state) => {
  const { flag } = readLine(['', ...argv.slice(0, -1)], CURL_FLAGS, '')
  if (flag('--header') !== '@-' || readStdin() !== 'Authorization: Bearer ya29.token\n')
    throw new Error('curl: (22) The requested URL returned error: 401')
  const metric = /run\.googleapis\.com\/(\w+)/.exec(flag('--data-urlencode'))?.[1] ?? ''
  return JSON.stringify(state.need(metric))
}
