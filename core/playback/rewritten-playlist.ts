import type { Uses } from '../ports/ports.ts'
import type { KeyLabel } from '../protection/model.ts'
import { filmPrefix, mediaPrefix } from '../video/model.ts'
import { mediaExpiry, type VideoRow } from '../video/show.ts'
import { PlaybackRefused } from './refusals.ts'
import { hasVariants, keepLabels, playlistsIn, rewriteHls } from './rewrite-hls.ts'
import { readPlaylist } from './stored-playlist.ts'
import { keyUrl, playlistUrl, publicName, storedName } from './stream-urls.ts'

export type RewriteNeeds = Uses<'storage' | 'cdn' | 'clock' | 'config'>

export interface Rewrite {
  readonly video: VideoRow
  /** Without the revision. */
  readonly name: string
  readonly labels: readonly KeyLabel[]
  /** Goes into the URLs of playlists and keys. */
  readonly token: string
  /** Set where whatever is signed is bound to the address. */
  readonly clientIp?: string
}

const MASTER = 'master.m3u8'

/**
 * A playlist of the film as published now, for a player that sends neither cookies nor headers; `undefined` where the film
 * has none of that name, or not for these labels. A child costs a second read: which names there are, the master alone says.
 */
export async function rewrittenPlaylist(uses: RewriteNeeds, asked: Rewrite): Promise<string | undefined> {
  const { video, name } = asked
  const master = await masterFor(uses, asked)
  if (master === undefined || name === MASTER) return master && rewrite(uses, asked, master)
  const stored = storedName(name, video.revision)
  if (!playlistsIn(master).has(stored)) return undefined
  const text = await readPlaylist(uses, folderOf(video) + stored)
  return text === undefined ? undefined : rewrite(uses, asked, text)
}

async function masterFor(uses: RewriteNeeds, { video, labels }: Rewrite): Promise<string | undefined> {
  const stored = await readPlaylist(uses, folderOf(video) + storedName(MASTER, video.revision))
  if (stored === undefined) return undefined
  const master = keepLabels(stored, labels)
  if (!hasVariants(master)) throw new PlaybackRefused('quality-not-allowed')
  return master
}

const folderOf = ({ id, generation, edition }: VideoRow): string => filmPrefix(id, generation, edition)

function rewrite(uses: RewriteNeeds, asked: Rewrite, text: string): Promise<string> {
  const { video, name, token } = asked
  const [origin, prefix, expiresAt] = [uses.config.publicOrigin, mediaPrefix(video.id), mediaExpiry(uses)]
  const root = folderOf(video)
  const sign = async (file: string) => {
    const key = prefix + file
    if (key.startsWith(root) && key.endsWith(`.${video.revision}.m3u8`)) {
      const child = publicName(key.slice(root.length), video.revision)
      return playlistUrl(origin, { videoId: video.id, name: child, token })
    }
    return signFile(uses, key, { ...asked, expiresAt })
  }
  const key = root + storedName(name, video.revision)
  return rewriteHls(text, { key, prefix, sign, keyUrl: (keyId) => keyUrl(origin, keyId, token) })
}

/** By its own folder: what refers to others, such as captions, gets a grant for the folder on edges that have no smaller one. */
async function signFile(
  { cdn }: RewriteNeeds,
  key: string,
  { expiresAt, clientIp }: { expiresAt: Date; clientIp?: string },
): Promise<string> {
  const at = key.lastIndexOf('/') + 1
  const options = clientIp === undefined ? {} : { clientIp }
  return (await cdn.sign(key.slice(0, at), key.slice(at), expiresAt, options)).url
}
