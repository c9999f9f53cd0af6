import { describe, expect, it } from 'vitest'
import type { UsesDeclaration } from '../../core/run/function.ts'
import { dev } from '../config/dev.ts'
import {
  CLOUDS,
  DRM_SYSTEMS,
  type Environment,
  PAYMENT_PROVIDERS,
  type PaymentProvider,
} from './environment.ts'
import { loadManifests } from './manifests.ts'
import { drmVariables, leftOutVariables, secretsOf, secretsOn } from './needs.ts'
import { placeOf } from './place.ts'
import { type PlannedFunction, planOf } from './plan.ts'

const [aws, azure] = [placeOf('aws', dev), placeOf('azure', dev)]
const paidBy = (...providers: PaymentProvider[]) => placeOf('aws', { ...dev, billing: { providers } })
const own = { systems: [...DRM_SYSTEMS], by: 'own', callbacks: true, speke: true } as const
const everyone = {
  ...dev,
  billing: { providers: [...PAYMENT_PROVIDERS] },
  drm: { ...own, systems: [...own.systems] },
}
const opened = (drm: Environment['drm']) => placeOf('aws', { ...dev, drm })

const using = (uses: UsesDeclaration): PlannedFunction => ({
  ...{ name: 'probe', kind: 'on', memoryMb: 128, timeoutSeconds: 10, uses },
  trigger: { event: 'a', attempts: 1 },
})

describe('the secrets of a function', () => {
  it('are none where it uses none', () => {
    expect(secretsOf(using({}), aws)).toEqual([])
  })
  it('are the connection string of a reader where it only reads', () => {
    expect(secretsOf(using({ db: 'read' }), aws)).toEqual(['database-url-read'])
  })
  it('are not the connection string of a writer by its name alone', () => {
    expect(secretsOf(using({ db: 'read', secrets: ['database-url'] }), aws)).toEqual(['database-url-read'])
  })
  it('are the key of the store where it signs on Azure', () => {
    expect(secretsOf(using({ storage: { media: ['sign-get'] } }), azure)).toEqual(['storage-key'])
  })
  it('are not the key of the store where the cloud signs with the role', () => {
    expect(secretsOf(using({ storage: { media: ['sign-get'] } }), aws)).toEqual([])
  })
  it('are not the key of a CDN that takes the signatures of the store', () => {
    expect(secretsOf(using({ secrets: ['cdn-key'] }), azure)).toEqual([])
  })
  it('are refused where nobody makes such a secret', () => {
    expect(() => secretsOf(using({ secrets: ['mail-key'] }), aws)).toThrow('probe uses the secret "mail-key"')
  })
})

describe('the secrets of a deployment', () => {
  it.each(CLOUDS)('on %s are all read by some function', async (cloud) => {
    const plan = planOf(await loadManifests())
    const place = placeOf(cloud, everyone)
    const read = new Set(plan.flatMap((fn) => secretsOf(fn, place)))
    expect(secretsOn(place).filter((name) => !read.has(name))).toEqual([])
  })
  it('are those of Stripe where the environment names no provider', () => {
    expect(secretsOn(aws).slice(-2)).toEqual(['stripe-key', 'stripe-webhook'])
  })
  it('are of the providers that the environment names, and of no other', () => {
    expect(secretsOn(paidBy('paypal', 'razorpay')).slice(-2)).toEqual(['paypal', 'razorpay'])
  })
  it('are none of DRM where the environment names none, for Clear Key needs none', () => {
    expect(secretsOn(placeOf('aws', dev)).filter((name) => /vine|ready|fair|drm|speke/.test(name))).toEqual(
      [],
    )
  })
  it('are of the systems that our own proxies answer', () => {
    expect(secretsOn(opened({ systems: ['widevine'] })).slice(-1)).toEqual(['widevine'])
  })
  it('are one for all where a vendor answers', () => {
    expect(secretsOn(opened({ by: 'axinom', speke: true })).slice(-2)).toEqual(['drm-vendors', 'speke'])
  })
  it('are not read by a function whose manifest names them, where they are left out', () => {
    const fn = using({ secrets: ['stripe-key', 'paypal', 'braintree'] })
    expect(secretsOf(fn, paidBy('braintree'))).toEqual(['braintree'])
  })
})

describe('what a function is told of secrets', () => {
  it('are the names of those that are left out, so that it does not ask for them', () => {
    expect(leftOutVariables(paidBy('stripe'))).toEqual({
      SKYREEL_SECRETS_LEFT_OUT: 'paypal,braintree,razorpay,widevine,playready,fairplay,drm-vendors,speke',
    })
  })
  it('is who answers licences, where the environment says so', () => {
    expect([opened({ by: 'buydrm' }), aws].map(drmVariables)).toEqual([{ SKYREEL_DRM_BY: 'buydrm' }, {}])
  })
  it('is nothing where every provider is named', () => {
    expect(leftOutVariables({ environment: everyone })).toEqual({})
  })
})
