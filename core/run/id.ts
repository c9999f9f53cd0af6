/** Prefixes of ids as the API shows them: `vid_` and 32 hex digits of a UUIDv7. */
export type IdPrefix =
  | 'usr'
  | 'ses'
  | 'vid'
  | 'upl'
  | 'unt'
  | 'evt'
  | 'ttl'
  | 'org'
  | 'bcu'
  | 'whk'
  | 'ltx'
  | 'dun'
  | 'pay'
  | 'bop'
  | 'pbs'

export type UserId = string & { readonly is: 'usr' }
export type SessionId = string & { readonly is: 'ses' }
export type VideoId = string & { readonly is: 'vid' }
export type UploadId = string & { readonly is: 'upl' }
export type UnitId = string & { readonly is: 'unt' }
export type EventId = string & { readonly is: 'evt' }
export type TitleId = string & { readonly is: 'ttl' }
export type OrganisationId = string & { readonly is: 'org' }
/** Whoever pays: a user or an organisation. */
export type CustomerId = string & { readonly is: 'bcu' }
/** A webhook as it came. */
export type WebhookId = string & { readonly is: 'whk' }
export type LedgerTransactionId = string & { readonly is: 'ltx' }
export type DunningCaseId = string & { readonly is: 'dun' }
/** Money on its way to a creator. */
export type PayeeTransferId = string & { readonly is: 'pay' }
/** A call out to a payment provider that must happen once. */
export type BillingOperationId = string & { readonly is: 'bop' }
/** One viewer watching one film on one device. */
export type PlaybackSessionId = string & { readonly is: 'pbs' }

export interface IdOf {
  usr: UserId
  ses: SessionId
  vid: VideoId
  upl: UploadId
  unt: UnitId
  evt: EventId
  ttl: TitleId
  org: OrganisationId
  bcu: CustomerId
  whk: WebhookId
  ltx: LedgerTransactionId
  dun: DunningCaseId
  pay: PayeeTransferId
  bop: BillingOperationId
  pbs: PlaybackSessionId
}

/** The API form of a UUID: `idOf('vid', '0190...')` is `vid_0190...` without dashes. */
export function idFromUuid<P extends IdPrefix>(prefix: P, uuid: string): IdOf[P] {
  return `${prefix}_${uuid.replaceAll('-', '')}` as unknown as IdOf[P]
}

/** The UUID inside an id. PostgreSQL takes 32 hex digits without dashes. */
export function uuidOf(id: string): string {
  return id.slice(id.indexOf('_') + 1)
}

/** True for a well-formed id of this kind: lower-case prefix, underscore, 32 hex digits. */
export function isId<P extends IdPrefix>(prefix: P, text: string): text is IdOf[P] & string {
  return (
    text.length === prefix.length + 33 &&
    text.startsWith(`${prefix}_`) &&
    /^[0-9a-f]{32}$/.test(text.slice(-32))
  )
}
