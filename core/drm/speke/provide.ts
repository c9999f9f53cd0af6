import type { Uses } from '../../ports/ports.ts'
import type { Context } from '../../run/context.ts'
import { isId } from '../../run/id.ts'
import type { VideoRow } from '../../video/show.ts'
import { findVideo } from '../../video/store.ts'
import { KeysShredded } from '../asset-key.ts'
import { type ContentKey, contentKeysById } from '../content-keys.ts'
import { answerCpix } from './answer.ts'
import { labelOf } from './contract.ts'
import { type CpixRequest, readCpix } from './cpix.ts'
import { type AdoptedKey, adoptContentKeys, KeyForBetter, KeyIdTaken } from './keys.ts'
import { SPEKE_ERRORS, SpekeRefused } from './refused.ts'
import { readXml, writeXml } from './xml.ts'

type ProvideNeeds = Uses<'db' | 'keyVault' | 'ids' | 'clock' | 'config'>

interface SpekeRequest {
  /** Who asks, for the log. */
  readonly packager: string
  readonly version: string
  readonly xml: string
}

/** The CPIX document with keys and signaling for the film that it names. Throws `NotXml` and `SpekeRefused`. */
export async function provideKeys(
  uses: ProvideNeeds,
  ctx: Context,
  { packager, version, xml }: SpekeRequest,
): Promise<string> {
  const request = readCpix(readXml(xml), version)
  const video = await filmOf(uses, request.contentId)
  // Looked at before keys are made: a request that cannot be answered leaves none behind.
  answerCpix(uses, request, standIns(request))
  const keys = await keysFor(uses, video, request)
  const { length } = request.keys
  ctx.log.info('a packager got keys', { packager, videoId: video.id, keys: length })
  return writeXml(answerCpix(uses, request, keys))
}

async function filmOf({ db }: Uses<'db'>, contentId: string): Promise<VideoRow> {
  const video = isId('vid', contentId) ? await findVideo(db, contentId) : undefined
  if (!video) throw new SpekeRefused('Unknown CPIX@contentId')
  return video
}

function standIns({ keys, protection }: CpixRequest): ReadonlyMap<string, ContentKey> {
  const zeros = { key: new Uint8Array(16), iv: new Uint8Array(16) }
  return new Map(keys.map(({ keyId }) => [keyId, { keyId, label: 'SD', protection, ...zeros }]))
}

async function keysFor(
  uses: ProvideNeeds,
  video: VideoRow,
  request: CpixRequest,
): Promise<ReadonlyMap<string, ContentKey>> {
  const { id: videoId, generation } = video
  const keys = request.keys.map((key) => adopted(key, video, request))
  try {
    await uses.db.transaction((tx) => adoptContentKeys(tx, uses, { videoId, generation, keys }))
  } catch (error) {
    throw refusalOf(error)
  }
  const ids = keys.map(({ keyId }) => keyId)
  const made = await contentKeysById(uses, videoId, ids)
  return new Map(made.map((key) => [key.keyId, key]))
}

function adopted(
  { keyId, iv }: CpixRequest['keys'][number],
  video: VideoRow,
  { rules, protection }: CpixRequest,
): AdoptedKey {
  const own = rules.filter((rule) => rule.keyId === keyId)
  return { keyId, protection, label: labelOf(own, video), ...(iv && { iv }) }
}

function refusalOf(cause: unknown): unknown {
  if (cause instanceof KeyIdTaken) return new SpekeRefused('ContentKey@kid is not of this content', { cause })
  if (cause instanceof KeyForBetter) return new SpekeRefused(SPEKE_ERRORS.contractNotSupported, { cause })
  if (cause instanceof KeysShredded) return new SpekeRefused('Unknown CPIX@contentId', { cause })
  return cause
}
