type Loose = Readonly<Record<string, unknown>>
type Tag =
  | 'media-controller'
  | 'media-control-bar'
  | 'media-play-button'
  | 'media-mute-button'
  | 'media-volume-range'
  | 'media-time-range'
  | 'media-time-display'
  | 'media-captions-button'
  | 'media-pip-button'
  | 'media-fullscreen-button'
  | 'media-loading-indicator'
  | 'media-poster-image'
  | 'media-settings-menu'
  | 'media-settings-menu-button'
  | 'media-settings-menu-item'
  | 'media-rendition-menu'
  | 'media-captions-menu'
  | 'media-audio-track-menu'
  | 'media-playback-rate-menu'
  | 'stream-video'
  | 'shielded-video'
export type Tags = { [tag in Tag]: Loose }

declare module 'preact' {
  namespace JSX {
    interface IntrinsicElements extends Tags {}
  }
}
