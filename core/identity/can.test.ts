import { describe, expect, it } from 'vitest'
import type { Actor } from '../run/actor.ts'
import { idFromUuid } from '../run/id.ts'
import type { VideoStatus, Visibility } from '../video/model.ts'
import { type Action, can } from './can.ts'

const person = (n: number): Actor => ({
  userId: idFromUuid('usr', `00000000-0000-7000-8000-00000000000${n}`),
  sessionId: idFromUuid('ses', `00000000-0000-7000-9000-00000000000${n}`),
})
const owner = person(1)
const other = person(2)
const ACTIONS: readonly Action[] = [
  'video:read',
  'video:list',
  'video:update',
  'video:delete',
  'video:publish',
  'upload:use',
]
const STATUSES: readonly VideoStatus[] = ['uploading', 'processing', 'playable', 'ready', 'failed']
const ownerId = owner.userId

describe('can', () => {
  it.each(ACTIONS)('lets the owner %s', (action) => {
    expect(can(owner, action, { ownerId, visibility: 'private', status: 'uploading' })).toBe(true)
  })
  it.each(ACTIONS)('denies nobody in particular to %s what is private', (action) => {
    expect(can(undefined, action, { ownerId, visibility: 'private', status: 'ready' })).toBe(false)
  })
  it.each(ACTIONS.filter((action) => action !== 'video:read'))(
    'denies others to %s even what is public',
    (action) => {
      expect(can(other, action, { ownerId, visibility: 'public', status: 'ready' })).toBe(false)
    },
  )
  it.each(
    STATUSES.flatMap((status) =>
      (['private', 'public'] as const).map((visibility): [Visibility, VideoStatus] => [visibility, status]),
    ),
  )('lets others read a %s video that is %s only if it is public and plays', (visibility, status) => {
    const plays = visibility === 'public' && (status === 'playable' || status === 'ready')
    expect([
      can(other, 'video:read', { ownerId, visibility, status }),
      can(undefined, 'video:read', { ownerId, visibility, status }),
    ]).toEqual([plays, plays])
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
