import { conflict, Problem } from '../http/problem.ts'

export const payeeExists = (country: string) =>
  conflict('payee-exists', `The payee's account is in ${country}, and the provider cannot move it.`)
export const payeeClosed = () =>
  conflict('payee-closed', 'The account of this payee is closed: make a new one by POST /v1/billing/payee.')
export const payeeNotReady = () =>
  conflict('payee-not-ready', 'This payee has no account at the payment provider yet.')
export const transferRefused = (refusal: string | null) =>
  new Problem({
    status: 422,
    code: 'transfer-refused',
    title: 'The transfer was refused',
    detail: `${refusal ?? 'The payment provider gave no reason'}. Nothing was sent; ask again with a new Idempotency-Key.`,
  })
