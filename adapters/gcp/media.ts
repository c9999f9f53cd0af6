// biome-ignore lint/performance/noBarrelFile: a cell of the grid; the same container image runs everywhere
export { openMedia } from '../ffmpeg/media.ts'
