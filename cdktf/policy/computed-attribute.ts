import type { Place } from '../shared/place.ts'
import type { Resource } from './stack.ts'

/** What is asked of a cloud's own rules: an attribute that the stack does not write and the platform gives. */
export interface Asked {
  readonly resource: Resource
  readonly attribute: string
  /** Another attribute of the same resource, evaluated. */
  readonly own: (name: string) => string
  readonly place: Place
}
export type ComputedAttribute = (asked: Asked) => string | undefined
