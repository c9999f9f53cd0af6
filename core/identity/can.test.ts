import { describe, expect, it } from 'vitest'
import type { Actor } from '../run/actor.ts'
import { idFromUuid } from '../run/id.ts'
import { VISIBILITIES, type VideoStatus, type Visibility } from '../video/model.ts'
import { type Action, can } from './can.ts'

const person = (n: number): Actor => ({
  userId: idFromUuid('usr', `00000000-0000-7000-8000-00000000000${n}`),
  sessionId: idFromUuid('ses', `00000000-0000-7000-9000-00000000000${n}`),
})
const owner = person(1)
const other = person(2)
const ACTIONS: readonly Action[] = [
  'video:read',
  'video:play',
  'video:list',
  'video:update',
  'video:delete',
  'video:publish',
  'title:read',
  'title:update',
  'title:delete',
  'title:publish',
  'upload:use',
]
const STATUSES: readonly VideoStatus[] = ['uploading', 'processing', 'playable', 'ready', 'failed']
const ownerId = owner.userId

describe('can', () => {
  it.each(ACTIONS)('lets the owner %s', (action) => {
    expect(can(owner, action, { ownerId, visibility: 'private', status: 'uploading' })).toBe(true)
  })
  it.each(ACTIONS)('denies nobody in particular to %s what is private', (action) => {
    const resource = { ownerId, visibility: 'private', status: 'ready', available: true } as const
    expect(can(undefined, action, resource)).toBe(false)
  })
  it.each(ACTIONS.filter((action) => !action.endsWith(':read') && action !== 'video:play'))(
    'denies others to %s even what is public',
    (action) => {
      const resource = { ownerId, visibility: 'public', status: 'ready', available: true } as const
      expect(can(other, action, resource)).toBe(false)
    },
  )
  it.each(
    STATUSES.flatMap((status) =>
      VISIBILITIES.map((visibility): [Visibility, VideoStatus] => [visibility, status]),
    ),
  )('lets others read a %s video that is %s only if it is shown and plays', (visibility, status) => {
    const plays = visibility !== 'private' && (status === 'playable' || status === 'ready')
    expect([
      can(other, 'video:read', { ownerId, visibility, status }),
      can(undefined, 'video:read', { ownerId, visibility, status }),
    ]).toEqual([plays, plays])
  })
  it.each([
    ['public', true],
    ['public', false],
    ['subscribers', true],
    ['subscribers', false],
    ['private', true],
    ['private', false],
  ] as const)('lets others read a %s title with available %s only if it is both', (visibility, available) => {
    const shown = visibility !== 'private' && available
    expect([
      can(other, 'title:read', { ownerId, visibility, available }),
      can(undefined, 'title:read', { ownerId, visibility, available }),
    ]).toEqual([shown, shown])
  })
  it.each([
    ['public', undefined, true, true],
    ['public', false, true, true],
    ['subscribers', undefined, false, false],
    ['subscribers', false, false, false],
    ['subscribers', true, true, false],
    ['private', true, false, false],
  ] as const)('lets others play a %s film, entitled %s: %s, and nobody in particular: %s', (...facts) => {
    const [visibility, entitled, others, nobody] = facts
    const film = {
      ownerId,
      visibility,
      status: 'ready',
      ...(entitled === undefined ? {} : { entitled }),
    } as const
    expect([can(other, 'video:play', film), can(undefined, 'video:play', film)]).toEqual([others, nobody])
  })
  it('lets nobody else play a film that is not there yet, whatever they pay', () => {
    const film = { ownerId, visibility: 'subscribers', status: 'processing', entitled: true } as const
    expect(can(other, 'video:play', film)).toBe(false)
  })
  it('counts a title whose windows were not looked at as closed', () => {
    expect(can(other, 'title:read', { ownerId, visibility: 'public' })).toBe(false)
  })
  it('counts a video of unknown visibility as private', () => {
    expect(can(other, 'video:read', { ownerId, status: 'ready' })).toBe(false)
  })
  it.each(['video:burn', 'constructor', '__proto__', ''])(
    'denies the owner an action without a rule: %j',
    (action) => {
      expect(can(owner, action as Action, { ownerId })).toBe(false)
    },
  )
})
