import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What a page that plays files with Clear Key tells of it. */
export interface Told {
  readonly failed: readonly string[]
  readonly asked: readonly string[]
  readonly statuses: readonly string[]
  readonly frames: number
  readonly currentTime: number
}

/**
 * A page with two source buffers and Clear Key of Encrypted Media Extensions (https://www.w3.org/TR/encrypted-media/).
 * `play({ tracks: [{ type, urls }], keys: { kid: k } })` appends the files of each track in order; `told()` says how it went.
 */
export const CLEARKEY_PAGE = `<!doctype html><video id="video" muted></video><script>
const failed = [], asked = [], statuses = []
let waits = false
video.onerror = () => failed.push(video.error.message)
video.onwaitingforkey = () => { waits = true }
const base64url = (hex) => btoa(String.fromCharCode(...hex.match(/../g).map((b) => parseInt(b, 16))))
  .replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
const told = () => ({ failed, asked, statuses, waits, ended: video.ended, currentTime: video.currentTime,
  frames: video.getVideoPlaybackQuality().totalVideoFrames })
async function play({ tracks, keys }) {
  const capability = (kind) => tracks.map(({ type }) => type).filter((type) => type.startsWith(kind))
    .map((contentType) => ({ contentType }))
  const config = { initDataTypes: ['cenc'], audioCapabilities: capability('audio'), videoCapabilities: capability('video') }
  const access = await navigator.requestMediaKeySystemAccess('org.w3.clearkey', [config])
  await video.setMediaKeys(await access.createMediaKeys())
  video.onencrypted = ({ initDataType, initData }) => open(initDataType, initData, keys)
  const source = new MediaSource()
  video.src = URL.createObjectURL(source)
  await new Promise((resolve) => { source.onsourceopen = resolve })
  const buffers = tracks.map(({ type }) => source.addSourceBuffer(type))
  await Promise.all(tracks.map(({ urls }, i) => append(buffers[i], urls)))
  source.endOfStream()
  // Faster than a person would watch: every frame is decoded all the same.
  video.playbackRate = 4
  await video.play()
}
async function append(buffer, urls) {
  for (const url of urls) {
    buffer.appendBuffer(await (await fetch(url)).arrayBuffer())
    await new Promise((resolve) => { buffer.onupdateend = resolve })
  }
}
async function open(initDataType, initData, keys) {
  const session = video.mediaKeys.createSession()
  session.onmessage = ({ message }) => {
    const { kids } = JSON.parse(new TextDecoder().decode(message))
    asked.push(...kids)
    const given = Object.entries(keys).map(([kid, k]) => ({ kty: 'oct', kid: base64url(kid), k: base64url(k) }))
    session.update(new TextEncoder().encode(JSON.stringify({ keys: given, type: 'temporary' })))
  }
  session.onkeystatuseschange = () => statuses.push(...session.keyStatuses.values())
  await session.generateRequest(initDataType, initData)
}
</script>`

/** Serves the page at `/` and files by their path, on a loopback address: a secure context, as EME asks. */
export async function serveFiles(
  files: ReadonlyMap<string, Uint8Array>,
): Promise<AsyncDisposable & { readonly url: string }> {
  const server = createServer((request, response) => {
    const path = (request.url ?? '/').slice(1)
    if (path === '') return response.writeHead(200, { 'content-type': 'text/html' }).end(CLEARKEY_PAGE)
    const bytes = files.get(decodeURIComponent(path))
    return bytes ? response.writeHead(200).end(bytes) : response.writeHead(404).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const close = async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}/`, [Symbol.asyncDispose]: close }
}
