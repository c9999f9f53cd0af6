import { fileURLToPath } from 'node:url'
import type { Command, OpenColumn, Query } from '../column.ts'

const TOOL = fileURLToPath(new URL('offline-cloud.ts', import.meta.url))

/** A command of the cloud that is a file. */
export const offline = (verb: string, ...args: readonly string[]): Command => ({
  argv: [process.execPath, TOOL, verb, ...args],
  says: [verb, ...args].join(' '),
})

const asked = <T>(verb: string, ...args: readonly string[]): Query<T> => ({
  command: offline(verb, ...args),
  read: (stdout) => (JSON.parse(stdout) ?? undefined) as T,
})

/** The column of a cloud that is a file: every command is run like one of a true cloud. */
export const openOfflineColumn: OpenColumn = ({ outputs }) => ({
  tools: [],
  account: {
    query: asked('account'),
    ...{ wanted: 'account-1', field: 'aws.accountId', signIn: 'sign in offline' },
  },
  bootstrap: () => [{ ...offline('make-bucket'), unless: offline('has-bucket') }],
  registryTargets: ['terraform_data.registry'],
  pushImage: ({ tag }) => [{ ...offline('push-image', tag), unless: offline('has-image', tag) }],
  secretTargets: ['terraform_data.secrets'],
  secretExists: (name) => asked('has-secret', name),
  writeSecret: (name, value) => [{ ...offline('write-secret', name), input: value }],
  publish: () => [offline('publish')],
  canary: {
    unweighted: (name) => (name === 'sweep' ? 'a schedule has no requests to split' : undefined),
    serving: () => asked('serving'),
    previous: () => asked('previous'),
    halfway: () => asked('halfway'),
    candidate: (name) => asked('candidate', outputs?.functions[name]?.version ?? ''),
    route: (_, { from, to, percent }) => [offline('route', from, to, String(percent))],
    health: (_, { release }) => asked('health', release),
    remember: (_, release) => [offline('remember', release)],
  },
})
