export interface IdentityEvents {
  'user.registered': { readonly userId: string }
}
