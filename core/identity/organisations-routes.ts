import { tagged } from '../http/etag.ts'
import { created, noContent, ok } from '../http/response.ts'
import { type Route, route } from '../http/route.ts'
import {
  addMember,
  changeMember,
  createOrganisation,
  listOrganisations,
  removeMember,
  showOrganisation,
} from './organisations.ts'
import {
  MemberAdd,
  MemberUpdate,
  Organisation,
  OrganisationCreate,
  OrganisationPage,
  OrganisationQuery,
} from './organisations-wire.ts'

const tag = 'Organisations'
const NO_STORE = { 'cache-control': 'private, no-store' }
const NOT_MINE = { 'not-found': '404: There is no such organisation that you belong to, or no such member.' }
const OWNERS = { ...NOT_MINE, forbidden: '403: Only an owner may change who belongs to it.' }
const LAST_OWNER = { 'last-owner': '409: An organisation keeps one owner.' }

export const organisationRoutes: readonly Route[] = [
  route({
    method: 'POST',
    path: '/v1/organisations',
    tag,
    access: 'user',
    summary: 'Make an organisation and own it',
    description:
      'Its owners and those with the role `billing` see to its plans and invoices; all members use them.',
    body: OrganisationCreate,
    answers: { 201: { description: 'Made', schema: Organisation } },
    handler: async ({ body, actor }, ports) => {
      const made = await createOrganisation(ports, actor, body)
      return created(`/v1/organisations/${made.id}`, made)
    },
  }),
  route({
    method: 'GET',
    path: '/v1/organisations',
    tag,
    access: 'user',
    summary: 'List the organisations that one belongs to, latest first',
    query: OrganisationQuery,
    answers: { 200: { description: 'A page', schema: OrganisationPage } },
    handler: async ({ request, query, actor }, ports) =>
      tagged(request, await listOrganisations(ports, actor, query)),
  }),
  route({
    method: 'GET',
    path: '/v1/organisations/:id',
    tag,
    access: 'user',
    summary: 'Look at an organisation with its members',
    answers: { 200: { description: 'The organisation', schema: Organisation } },
    problems: NOT_MINE,
    handler: async ({ request, params, actor }, ports) =>
      tagged(request, await showOrganisation(ports, actor, params.id)),
  }),
  route({
    method: 'POST',
    path: '/v1/organisations/:id/members',
    tag,
    access: 'user',
    summary: 'Add somebody who has an account',
    body: MemberAdd,
    answers: { 201: { description: 'The organisation as it is now', schema: Organisation } },
    problems: {
      ...OWNERS,
      'member-already': '409: They belong to it already.',
      'too-many-members': '409: It has as many members as it may have.',
    },
    handler: async ({ params, body, actor }, ports) => {
      const changed = await addMember(ports, actor, { id: params.id, body })
      return created(`/v1/organisations/${changed.id}`, changed)
    },
  }),
  route({
    method: 'PATCH',
    path: '/v1/organisations/:id/members/:userId',
    tag,
    access: 'user',
    summary: 'Give a member another role',
    body: MemberUpdate,
    answers: { 200: { description: 'The organisation as it is now', schema: Organisation } },
    problems: { ...OWNERS, ...LAST_OWNER },
    handler: async ({ params, body, actor }, ports) =>
      ok(await changeMember(ports, actor, { id: params.id, userId: params.userId, body }), NO_STORE),
  }),
  route({
    method: 'DELETE',
    path: '/v1/organisations/:id/members/:userId',
    tag,
    access: 'user',
    summary: 'Take a member out, or leave',
    answers: { 204: { description: 'Out' } },
    problems: { ...OWNERS, ...LAST_OWNER },
    handler: async ({ params, actor }, ports) => {
      await removeMember(ports, actor, { id: params.id, userId: params.userId })
      return noContent()
    },
  }),
]
