// biome-ignore lint/performance/noBarrelFile: a cell of the grid; the same thread runs in every cloud's function
export { openThumbnailer } from '../ffmpeg/thumbnailer.ts'
