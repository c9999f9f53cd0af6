import type { Place } from '../../../cdktf/shared/place.ts'

/** The Application Insights that every function app reports to. A test holds it to the stack's text. */
export const insightsName = ({ prefix }: Place): string => `${prefix}-insights`
