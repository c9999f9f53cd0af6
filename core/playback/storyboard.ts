import type { StoryboardGrid } from '../ports/media.ts'
import { cueTime } from '../video/webvtt.ts'

/** Tiles of one film at most: enough for a seek bar, and two sheets of 100. */
const MAX_TILES = 200
/** Longer side of a tile in pixels. */
const TILE_PIXELS = 160
const SMALL_SHEET = 5
const LARGE_SHEET = 10

/**
 * Plans the pictures of the seek bar: one each whole number of seconds, 100 to 200 for a film of 100 s or more and one
 * a second below; tiles of even sizes with the longer side 160 pixels, never larger than the film. A sheet holds
 * 10 x 10 tiles; a film of up to 25 tiles has one sheet of at most 5 x 5, no larger than needed.
 */
export function planStoryboard(
  durationSeconds: number,
  displayWidth: number,
  displayHeight: number,
): StoryboardGrid {
  const everySeconds = Math.max(1, Math.ceil(durationSeconds / MAX_TILES))
  const tiles = Math.max(1, Math.ceil(durationSeconds / everySeconds))
  const scale = Math.min(1, TILE_PIXELS / Math.max(displayWidth, displayHeight))
  const size = { tileWidth: even(displayWidth * scale), tileHeight: even(displayHeight * scale) }
  return { ...size, ...sheetOf(tiles), everySeconds, tiles }
}

function sheetOf(tiles: number): { columns: number; rows: number } {
  if (tiles > SMALL_SHEET ** 2) return { columns: LARGE_SHEET, rows: LARGE_SHEET }
  const columns = Math.min(SMALL_SHEET, tiles)
  return { columns, rows: Math.ceil(tiles / columns) }
}

// JPEG halves the colour planes: an odd side would show a seam. A strip of 100:1 still has a picture of 2 pixels.
const even = (pixels: number) => Math.max(2, 2 * Math.round(pixels / 2))

export interface StoryboardOptions {
  /** How the name of a sheet is written in a cue: a signed URL, say. As it is by default. */
  readonly escape?: (sheet: string) => string
}

/**
 * WebVTT whose cues name a part of a sheet: `storyboard-0.jpg#xywh=160,0,160,90`. The last cue ends with the film.
 * Throws a RangeError where the sheets do not hold all tiles.
 */
export function writeStoryboardVtt(
  grid: StoryboardGrid,
  sheets: readonly string[],
  durationSeconds: number,
  options: StoryboardOptions = {},
): string {
  const write = options.escape ?? ((sheet) => sheet)
  const perSheet = grid.columns * grid.rows
  const cues: string[] = []
  for (let tile = 0; tile < grid.tiles; tile++) {
    const start = tile * grid.everySeconds
    const isLast = tile === grid.tiles - 1
    const end = isLast ? durationSeconds : Math.min(durationSeconds, start + grid.everySeconds)
    const sheet = sheets[Math.floor(tile / perSheet)]
    if (sheet === undefined) throw new RangeError(`tile ${tile} has no sheet: there are ${sheets.length}`)
    if (start < end)
      cues.push(`${cueTime(start)} --> ${cueTime(end)}\n${write(sheet)}#xywh=${place(grid, tile % perSheet)}`)
  }
  return `${['WEBVTT', ...cues].join('\n\n')}\n`
}

function place(grid: StoryboardGrid, index: number): string {
  const x = (index % grid.columns) * grid.tileWidth
  const y = Math.floor(index / grid.columns) * grid.tileHeight
  return `${x},${y},${grid.tileWidth},${grid.tileHeight}`
}
