import type { Endpoint } from '@neondatabase/api-client'
import { inherit, makeApiRole, setRolePassword } from './neon-cluster.ts'
import { ApiRefusal, type KeptBranch, type KeptProject, type NeonState } from './neon-state.ts'

export interface Call {
  readonly state: NeonState
  readonly ids: readonly string[]
  readonly query: URLSearchParams
  // biome-ignore lint/suspicious/noExplicitAny: what a client sends is looked into field by field, as the tests need it
  readonly body: any
  /** Protected branches are for paying customers. */
  readonly freePlan: boolean
}
type Answer = Promise<object> | object
export type Route = readonly [method: string, path: RegExp, answer: (call: Call) => Answer]

/** Paths and shapes of https://api-docs.neon.tech, as far as a deployment asks for them. */
export const ROUTES: readonly Route[] = [
  ['GET', /^\/projects$/, ({ state, query }) => ({ projects: named(state.projects.values(), query) })],
  ['POST', /^\/projects$/, makeProject],
  ['PATCH', /^\/projects\/([^/]+)$/, changeProject],
  ['DELETE', /^\/projects\/([^/]+)$/, dropProject],
  [
    'GET',
    /^\/projects\/([^/]+)\/operations\/([^/]+)$/,
    ({ state, ids }) => ({ operation: state.look(second(ids)) }),
  ],
  ['GET', /^\/projects\/([^/]+)\/connection_uri$/, connectionUri],
  ['GET', /^\/projects\/([^/]+)\/branches$/, listBranches],
  ['POST', /^\/projects\/([^/]+)\/branches$/, makeBranch],
  ['PATCH', /^\/projects\/([^/]+)\/branches\/([^/]+)$/, changeBranch],
  ['DELETE', /^\/projects\/([^/]+)\/branches\/([^/]+)$/, dropBranch],
  ['GET', /^\/projects\/([^/]+)\/branches\/([^/]+)\/endpoints$/, listEndpoints],
  ['PATCH', /^\/projects\/([^/]+)\/endpoints\/([^/]+)$/, changeEndpoint],
  ['GET', /^\/projects\/([^/]+)\/branches\/([^/]+)\/roles\/([^/]+)\/reveal_password$/, revealPassword],
  ['POST', /^\/projects\/([^/]+)\/branches\/([^/]+)\/roles\/([^/]+)\/reset_password$/, resetPassword],
]

const first = (ids: readonly string[]) => ids[0] ?? ''
const second = (ids: readonly string[]) => ids[1] ?? ''
const third = (ids: readonly string[]) => ids[2] ?? ''

const named = <T extends { name: string }>(all: Iterable<T>, query: URLSearchParams): T[] =>
  [...all].filter(({ name }) => name.includes(query.get('search') ?? ''))

async function makeProject({ state, body }: Call) {
  const { branch, default_endpoint_settings: limits, ...rest } = body.project
  const project: KeptProject = { ...rest, id: state.id('project') }
  state.projects.set(project.id, project)
  const made = await state.addBranch(
    { name: branch.name, project_id: project.id, protected: false, default: true },
    limits,
  )
  await makeApiRole(state.cluster(made.id), branch.role_name, branch.database_name)
  return { project, branch: made, operations: state.begin(project.id, 'create_timeline') }
}

function changeProject({ state, ids, body }: Call) {
  const project = Object.assign(state.project(first(ids)), body.project)
  return { project, operations: [] }
}

async function dropProject({ state, ids }: Call) {
  const project = state.project(first(ids))
  if (state.branchesOf(project.id).some((branch) => branch.protected))
    throw new ApiRefusal(422, '', 'project has protected branches')
  for (const branch of state.branchesOf(project.id)) await state.dropBranch(branch.id)
  state.projects.delete(project.id)
  return { project }
}

function listBranches({ state, ids, query }: Call) {
  return { branches: named(state.branchesOf(first(ids)), query) }
}

async function makeBranch({ state, ids, body }: Call) {
  const project = state.project(first(ids))
  const parent = state.branch(body.branch.parent_id)
  const branch: Omit<KeptBranch, 'id'> = {
    ...body.branch,
    project_id: project.id,
    protected: false,
    default: false,
  }
  const made = await state.addBranch(branch, body.endpoints[0])
  await inherit(state.cluster(parent.id), state.cluster(made.id), 'skyreel')
  return { branch: made, operations: state.begin(project.id, 'create_branch') }
}

function changeBranch({ state, ids, body, freePlan }: Call) {
  if (body.branch.protected === true && freePlan)
    throw new ApiRefusal(422, 'BRANCHES_PROTECTED_LIMIT_EXCEEDED', 'protected branches limit exceeded')
  const branch = Object.assign(state.branch(second(ids)), body.branch)
  return { branch, operations: [] }
}

async function dropBranch({ state, ids }: Call) {
  const branch = state.branch(second(ids))
  if (branch.protected) throw new ApiRefusal(422, '', 'branch is protected')
  await state.dropBranch(branch.id)
  return { branch, operations: state.begin(first(ids), 'delete_timeline') }
}

function listEndpoints({ state, ids }: Call) {
  return { endpoints: [...state.endpoints.values()].filter(({ branch_id }) => branch_id === second(ids)) }
}

function changeEndpoint({ state, ids, body }: Call) {
  const endpoint = Object.assign(state.endpoint(second(ids)), body.endpoint as Partial<Endpoint>)
  return { endpoint, operations: state.begin(first(ids), 'apply_config') }
}

function revealPassword({ state, ids }: Call) {
  return { password: passwordOf(state, second(ids), third(ids)) }
}

async function resetPassword({ state, ids }: Call) {
  const role = third(ids)
  passwordOf(state, second(ids), role)
  const password = await setRolePassword(state.cluster(second(ids)), role)
  return { role: { name: role, password }, operations: state.begin(first(ids), 'apply_config') }
}

function connectionUri({ state, query }: Call) {
  const branch = query.get('branch_id') ?? ''
  const role = query.get('role_name') ?? ''
  const uri = new URL(state.cluster(branch).rootUrl)
  uri.username = role
  uri.password = passwordOf(state, branch, role)
  uri.pathname = `/${query.get('database_name')}`
  return { uri: uri.href }
}

function passwordOf(state: NeonState, branch: string, role: string): string {
  const password = state.cluster(branch).passwords.get(role)
  if (password === undefined) throw new ApiRefusal(404, '', 'role not found')
  return password
}
