/** Behaviour that an operator may turn on and off without a deployment. */
export type Flag = 'open-signup' | 'top-rungs'

export interface FlagFacts {
  /** What holds where neither the environment nor the table says anything. */
  readonly byDefault: boolean
  /** What it does, in one sentence, for the person who turns it. */
  readonly says: string
}

/** Every flag that there is: a new one does not compile before it is written down here. */
export const FLAGS: { readonly [F in Flag]: FlagFacts } = {
  'open-signup': {
    byDefault: true,
    says: 'Anybody may make an account; off, POST /v1/signup answers 403 signup-closed.',
  },
  'top-rungs': {
    byDefault: true,
    says: 'Films get 1440p and 2160p where the source has them; off, new films end at 1080p.',
  },
}

export const FLAG_NAMES = Object.keys(FLAGS) as readonly Flag[]
export const isFlag = (name: string): name is Flag => Object.hasOwn(FLAGS, name)
