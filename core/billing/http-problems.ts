// What routes say of their problems in the API's description.
export const ORGANISATION_PROBLEMS = {
  'not-found': '404: There is nothing of that id that you may see.',
  forbidden: '403: Billing of an organisation is for its members with the role owner or billing.',
} as const

export const PROVIDER_PROBLEMS = {
  ...ORGANISATION_PROBLEMS,
  'payment-refused': '402: The payment was refused; the detail names the provider’s code.',
  'provider-conflict': '409: The state of things at the payment provider forbids it.',
  'provider-refused': '422: The payment provider refused; field and code are its own.',
  'not-supported': '501: The payment provider cannot do this.',
  'payments-unavailable': '503: The payment provider could not be reached: send the same call again.',
  'payments-not-set-up': '503: This deployment has no account at a payment provider.',
} as const

export const KEY_PROBLEMS = {
  'idempotency-key-invalid':
    '400: The Idempotency-Key has more than 200 characters, or one that is not visible.',
  'idempotency-key-reused': '409: The Idempotency-Key came with another request before.',
  'outcome-unknown': '409: It was asked of the provider a day ago and no answer came.',
} as const
export const KEY_REQUIRED = {
  'idempotency-key-required': '400: The header Idempotency-Key is missing.',
  ...KEY_PROBLEMS,
} as const
export const CHANGE_PROBLEMS = {
  ...PROVIDER_PROBLEMS,
  ...KEY_PROBLEMS,
  'operation-in-progress': '409: Another change of it is under way.',
  'subscription-ended': '409: The subscription has ended: subscribe anew.',
} as const
