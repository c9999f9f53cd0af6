import type { Branch, Endpoint, Operation, Project } from '@neondatabase/api-client'
import { type NeonCluster, openCluster } from './neon-cluster.ts'

type Some<T> = { -readonly [K in keyof T]?: T[K] }
export type KeptProject = Some<Project> & Pick<Project, 'id' | 'name' | 'region_id' | 'pg_version'>
export type KeptBranch = Some<Branch> & Pick<Branch, 'id' | 'name' | 'project_id' | 'protected' | 'default'>
export type KeptEndpoint = Some<Endpoint> & Pick<Endpoint, 'id' | 'branch_id' | 'type'>

/** A refusal in the API's form. */
export class ApiRefusal extends Error {
  override readonly name = 'ApiRefusal'
  readonly status: number
  readonly code: string

  constructor(status: number, code: string, message: string) {
    super(message)
    this.status = status
    this.code = code
  }
}

/** What the stand-in remembers. Fields that no client of ours reads are left out of its answers. */
export class NeonState {
  readonly projects = new Map<string, KeptProject>()
  readonly branches = new Map<string, KeptBranch>()
  readonly endpoints = new Map<string, KeptEndpoint>()
  readonly clusters = new Map<string, NeonCluster>()
  /** How often each operation is still told to be at work. */
  readonly working = new Map<string, { operation: Operation; looks: number }>()
  #ids = 0

  id(kind: string): string {
    this.#ids += 1
    return `${kind}-quiet-reel-${String(this.#ids).padStart(8, '0')}`
  }

  async addBranch(branch: Omit<KeptBranch, 'id'>, limits: Partial<Endpoint>): Promise<KeptBranch> {
    const kept = { ...branch, id: this.id('br') } as KeptBranch
    this.clusters.set(kept.id, await openCluster())
    this.branches.set(kept.id, kept)
    const id = this.id('ep')
    this.endpoints.set(id, { ...limits, id, branch_id: kept.id, type: 'read_write' as Endpoint['type'] })
    return kept
  }

  async dropBranch(id: string): Promise<void> {
    this.branches.delete(id)
    for (const endpoint of this.endpoints.values())
      if (endpoint.branch_id === id) this.endpoints.delete(endpoint.id)
    await this.cluster(id)[Symbol.asyncDispose]()
    this.clusters.delete(id)
  }

  project = (id: string) => found(this.projects.get(id), 'project')
  branch = (id: string) => found(this.branches.get(id), 'branch')
  cluster = (id: string) => found(this.clusters.get(id), 'branch')
  endpoint = (id: string) => found(this.endpoints.get(id), 'endpoint')

  branchesOf = (project: string) => [...this.branches.values()].filter((one) => one.project_id === project)

  /** As Neon does: until it has been seen at work twice, the project takes no other change. */
  begin(project: string, action: string): Operation[] {
    const operation = { id: this.id('op'), project_id: project, action, status: 'running' } as Operation
    this.working.set(operation.id, { operation, looks: 2 })
    return [operation]
  }

  look(id: string): Operation {
    const work = found(this.working.get(id), 'operation')
    work.looks -= 1
    const status = (work.looks > 0 ? 'running' : 'finished') as Operation['status']
    return { ...work.operation, status }
  }

  busy = (project: string) =>
    [...this.working.values()].some(({ operation, looks }) => operation.project_id === project && looks > 0)
}

function found<T>(kept: T | undefined, kind: string): T {
  if (kept === undefined) throw new ApiRefusal(404, '', `${kind} not found`)
  return kept
}
