import type { MediaTracksMixin } from 'media-tracks'
import type shaka from 'shaka-player/dist/shaka-player.compiled-es2021.js'

type MediaTracks = InstanceType<ReturnType<typeof MediaTracksMixin<typeof HTMLVideoElement>>>

export interface Tracks {
  clear(): void
}

/** Shows a player's qualities and sound tracks as those of the element, for the menus to list, and plays what is picked there. */
export function listTracks(player: shaka.Player, element: MediaTracks): Tracks {
  const done = new AbortController()
  const on = { signal: done.signal }
  let qualities: shaka.extern.VideoTrack[] = []
  let sounds: shaka.extern.AudioTrack[] = []
  const list = () => {
    const now = player.getVideoTracks().sort((a, b) => a.bandwidth - b.bandwidth)
    if (namesOf(now) !== namesOf(qualities)) listQualities(element, now)
    qualities = now
    const heard = player.getAudioTracks()
    if (heard.length !== sounds.length) listSounds(element, heard)
    sounds = heard
  }
  player.addEventListener('trackschanged', list)
  player.addEventListener('loaded', list)
  const pickQuality = () => {
    const picked = qualities[element.videoRenditions.selectedIndex]
    player.configure({ abr: { enabled: picked === undefined } })
    if (picked) switchAtOnce(player, picked)
  }
  const pickSound = () => {
    const picked = sounds[[...element.audioTracks].findIndex((track) => track.enabled)]
    if (picked && !picked.active) player.selectAudioTrack(picked)
  }
  element.videoRenditions.addEventListener('change', pickQuality, on)
  element.audioTracks.addEventListener('change', pickSound, on)
  return {
    clear() {
      done.abort()
      listQualities(element, [])
      listSounds(element, [])
    },
  }
}

/** What is buffered goes, or the picked quality would come some seconds later, and in the last segment never. */
function switchAtOnce(player: shaka.Player, picked: shaka.extern.VideoTrack): void {
  const isPicked = (track: shaka.extern.VideoTrack) => namesOf([track]) === namesOf([picked])
  const tracks = player.getVideoTracks()
  // Choosing what the next segments would have anyway changes nothing, although others of another quality wait to be shown.
  const detour =
    tracks.find((track) => track.active && isPicked(track)) && tracks.find((track) => !isPicked(track))
  if (detour) player.selectVideoTrack(detour, true)
  player.selectVideoTrack(picked, true)
}

const namesOf = (tracks: readonly shaka.extern.VideoTrack[]) =>
  tracks.map(({ width, height, bandwidth }) => `${width}x${height}@${bandwidth}`).join()

function listQualities(element: MediaTracks, tracks: readonly shaka.extern.VideoTrack[]): void {
  for (const track of [...element.videoTracks]) element.removeVideoTrack(track)
  if (tracks.length === 0) return
  const main = element.addVideoTrack('main')
  main.id = 'main'
  main.selected = true
  for (const [at, { width, height, codecs, bandwidth }] of tracks.entries()) {
    const size = [width ?? undefined, height ?? undefined] as const
    main.addRendition('', ...size, codecs ?? undefined, bandwidth).id = String(at)
  }
}

function listSounds(element: MediaTracks, tracks: readonly shaka.extern.AudioTrack[]): void {
  for (const track of [...element.audioTracks]) element.removeAudioTrack(track)
  for (const [at, { label, language, active }] of tracks.entries()) {
    const sound = element.addAudioTrack(active ? 'main' : 'alternative', label ?? language, language)
    sound.id = String(at)
    sound.enabled = active
  }
}
