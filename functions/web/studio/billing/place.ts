/** Where the billing of oneself or of an organisation is. */
export const billingPath = (organisationId: string | undefined): string =>
  organisationId === undefined
    ? '/studio/billing/'
    : `/studio/billing/?${new URLSearchParams({ organisation: organisationId })}`
