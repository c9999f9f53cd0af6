import * as z from 'zod/mini'
import { pageQuery } from '../http/page.ts'
import { line } from '../http/text.ts'
import { MEMBER_ROLES } from './model.ts'
import { Email } from './wire.ts'

const Time = z.iso.datetime()
const Role = z.enum(MEMBER_ROLES)

export const OrganisationCreate = z.strictObject({ name: line(1, 100) })
export type OrganisationCreate = z.infer<typeof OrganisationCreate>
export const OrganisationQuery = z.strictObject(pageQuery)
export type OrganisationQuery = z.infer<typeof OrganisationQuery>
/** `role`: one's own. */
export const OrganisationCard = z.object({ id: z.string(), name: z.string(), role: Role, createdAt: Time })
export type OrganisationCard = z.infer<typeof OrganisationCard>
export const OrganisationPage = z.object({
  items: z.array(OrganisationCard),
  nextCursor: z.optional(z.string()),
})
export type OrganisationPage = z.infer<typeof OrganisationPage>

export const Member = z.object({
  userId: z.string(),
  email: z.string(),
  name: z.string(),
  role: Role,
  createdAt: Time,
})
export type Member = z.infer<typeof Member>
export const Organisation = z.object({
  id: z.string(),
  name: z.string(),
  role: Role,
  createdAt: Time,
  members: z.array(Member),
})
export type Organisation = z.infer<typeof Organisation>
export const MemberAdd = z.strictObject({ email: Email, role: Role })
export type MemberAdd = z.infer<typeof MemberAdd>
export const MemberUpdate = z.strictObject({ role: Role })
export type MemberUpdate = z.infer<typeof MemberUpdate>
