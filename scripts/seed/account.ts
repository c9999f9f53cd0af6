import { type Api, ApiProblem, signIn, signUp } from '../demo/api.ts'
import { WrongSetting } from '../settings.ts'

/** Known to everybody: for machines that only their owner reaches. */
export const DEMO = { email: 'demo@example.com', password: 'skyreel demo', name: 'Demo' }

/** The demo account, made where it is not there yet. Throws `WrongSetting` where it cannot be. */
export async function demoAccount(origin: string): Promise<Api> {
  try {
    return await signIn(origin, DEMO)
  } catch (error) {
    if (!(error instanceof ApiProblem && error.code === 'wrong-credentials')) throw error
  }
  return signUp(origin, DEMO).catch((cause: unknown) => {
    const code = cause instanceof ApiProblem ? cause.code : ''
    if (code === 'email-taken')
      throw new WrongSetting(`${DEMO.email} has an account with another password here.`)
    if (code === 'signup-closed')
      throw new WrongSetting('New accounts are closed here. To open them: npm run flags -- on open-signup')
    throw cause
  })
}
