import { describe, expect, it } from 'vitest'
import type { UsesDeclaration } from '../../core/run/function.ts'
import { CLOUDS } from './environment.ts'
import { loadManifests } from './manifests.ts'
import { secretsOf, secretsOn } from './needs.ts'
import { type PlannedFunction, planOf } from './plan.ts'

const using = (uses: UsesDeclaration): PlannedFunction => ({
  ...{ name: 'probe', kind: 'on', memoryMb: 128, timeoutSeconds: 10, uses },
  trigger: { event: 'a', attempts: 1 },
})

describe('the secrets of a function', () => {
  it('are none where it uses none', () => {
    expect(secretsOf(using({}), 'aws')).toEqual([])
  })
  it('are the connection string of a reader where it only reads', () => {
    expect(secretsOf(using({ db: 'read' }), 'aws')).toEqual(['database-url-read'])
  })
  it('are not the connection string of a writer by its name alone', () => {
    expect(secretsOf(using({ db: 'read', secrets: ['database-url'] }), 'aws')).toEqual(['database-url-read'])
  })
  it('are the key of the store where it signs on Azure', () => {
    expect(secretsOf(using({ storage: { media: ['sign-get'] } }), 'azure')).toEqual(['storage-key'])
  })
  it('are not the key of the store where the cloud signs with the role', () => {
    expect(secretsOf(using({ storage: { media: ['sign-get'] } }), 'aws')).toEqual([])
  })
  it('are not the key of a CDN that takes the signatures of the store', () => {
    expect(secretsOf(using({ secrets: ['cdn-key'] }), 'azure')).toEqual([])
  })
  it('are refused where nobody makes such a secret', () => {
    expect(() => secretsOf(using({ secrets: ['stripe-key'] }), 'aws')).toThrow(
      'probe uses the secret "stripe-key"',
    )
  })
})

describe('the secrets of a deployment', () => {
  it.each(CLOUDS)('on %s are all read by some function', async (cloud) => {
    const plan = planOf(await loadManifests())
    const read = new Set(plan.flatMap((fn) => secretsOf(fn, cloud)))
    expect(secretsOn(cloud).filter((name) => !read.has(name))).toEqual([])
  })
})
