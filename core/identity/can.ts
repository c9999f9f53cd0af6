import type { Actor } from '../run/actor.ts'
import type { UserId } from '../run/id.ts'
import { canPlay, isShown, type VideoStatus, type Visibility } from '../video/model.ts'

export type VideoAction =
  | 'video:read'
  | 'video:play'
  | 'video:list'
  | 'video:update'
  | 'video:delete'
  | 'video:publish'
export type TitleAction = 'title:read' | 'title:update' | 'title:delete' | 'title:publish'
export type Action = VideoAction | TitleAction | 'upload:use'

/** What is asked for. `visibility` of both, `status` of a video, `available` of a title; without them it counts as private. */
export interface Resource {
  readonly ownerId: UserId
  readonly visibility?: Visibility
  readonly status?: VideoStatus
  /** Whether one of its windows is open, or it has none. */
  readonly available?: boolean
  /** Whether the actor's plan opens films for subscribers. Not looked at counts as no. */
  readonly entitled?: boolean
}

type Rule = (actor: Actor | undefined, resource: Resource) => boolean

const owner: Rule = (actor, resource) => actor !== undefined && actor.userId === resource.ownerId
const shown = ({ visibility }: Resource): boolean => visibility !== undefined && isShown(visibility)
const anybodyWhenShown: Rule = (_, resource) =>
  shown(resource) && resource.status !== undefined && canPlay(resource.status)
const anybodyWhenPublished: Rule = (_, resource) => shown(resource) && resource.available === true
const paidFor: Rule = (actor, { visibility, entitled }) =>
  visibility === 'public' || (visibility === 'subscribers' && actor !== undefined && entitled === true)

const RULES: { readonly [A in Action]: Rule } = {
  'video:read': (actor, resource) => owner(actor, resource) || anybodyWhenShown(actor, resource),
  'video:play': (actor, resource) =>
    owner(actor, resource) || (anybodyWhenShown(actor, resource) && paidFor(actor, resource)),
  'video:list': owner,
  'video:update': owner,
  'video:delete': owner,
  'video:publish': owner,
  'title:read': (actor, resource) => owner(actor, resource) || anybodyWhenPublished(actor, resource),
  'title:update': owner,
  'title:delete': owner,
  'title:publish': owner,
  'upload:use': owner,
}

/**
 * The one question of every handler: may this actor do this to that? Denied unless a rule allows it, also for an action
 * that has no rule. Whoever may not read a thing should hear 404 and not 403, or ids could be tried out.
 */
export function can(actor: Actor | undefined, action: Action, resource: Resource): boolean {
  return Object.hasOwn(RULES, action) && RULES[action](actor, resource)
}
