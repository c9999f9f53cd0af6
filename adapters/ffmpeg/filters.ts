import type { Rung, VideoTask } from '../../core/ports/media.ts'
import type { Entry, Look } from './first-frame.ts'
import { type FrameClock, secondsAt } from './grid.ts'

/** Name under which the filter graph gives the pictures of the n-th rung of `widestFirst`. */
export const rungLabel = (index: number): string => `rung${index}`

/** Largest first: each is scaled from the one before it. */
export const widestFirst = (rungs: readonly Rung[]): Rung[] =>
  rungs.toSorted((a, b) => b.width * b.height - a.width * a.height)

/**
 * The filter graph of one chunk: onto the output grid, then every rung, with one decode. Its timestamps begin at zero.
 * From the first picture of the chunk's own time on, a `showinfo` line a second on standard error tells where the decoder
 * is: damage that was reported before lies in the pre-roll and is another chunk's.
 */
export function chunkGraph(task: VideoTask, entry: Entry, clock: FrameClock): string {
  const video = `[0:${task.report.video?.streamIndex ?? 0}]`
  const [due, end] = [task.firstFrame, task.firstFrame + task.frames].map((at) =>
    secondsAt(clock, at).toFixed(9),
  )
  const aSecondApart = `select=gte(t\\,${due})*(isnan(prev_selected_t)+gte(t-prev_selected_t\\,1))`
  return [
    `${video}${inFilmTime(task, entry, clock)},split=2[marked][source]`,
    // A branch without an end would keep the decoder going after the chunk's.
    `[marked]trim=end=${end},${aSecondApart},showinfo=checksum=0,nullsink`,
    `[source]${onGrid(task, entry, clock)}[grid]`,
    ...ladder(task, entry.look),
  ].join(';')
}

/**
 * Input option for a film whose pictures may change their size on the way: one graph goes on, where ffmpeg would begin
 * another and lose count of the frames. Only `scale` and `zscale` take a picture of another size, and those that touch no
 * pixel; any other filter would read beyond its end. So turned films, whose first filter is ffmpeg's own, go without.
 */
export const oneGraph = ({ look }: Entry): string[] => (look.turned ? [] : ['-reinit_filter', '0'])

/** Times from the film's beginning, in ticks that divide a frame of the output. */
export function inFilmTime({ report }: VideoTask, { look }: Entry, { ticksPerSecond }: FrameClock): string {
  const start = Math.round(report.startSeconds * ticksPerSecond)
  // A picture of the usual size passes the scaler untouched.
  const sized = look.size ? `scale=${look.size.width}:${look.size.height},` : ''
  const whole = report.video?.interlaced ? `${sized}bwdif=mode=send_frame:deint=all,` : ''
  return `${whole}settb=1/${ticksPerSecond},setpts=PTS-(${start})`
}

/**
 * Pictures in film time onto the grid; a frame shows the picture that is nearest to it. A chunk picks exactly the
 * pictures that one pass over the whole film would: `fps` begins in the pre-roll, not at the chunk, since a picture
 * half-way between two frames goes to the one further from where it began. A gap, or an end that comes too early, shows
 * the last picture.
 */
export function onGrid(task: VideoTask, entry: Entry, clock: FrameClock): string {
  return [
    `fps=${clock.rate.num}/${clock.rate.den}:start_time=${secondsAt(clock, entry.from).toFixed(9)}`,
    'tpad=stop=-1:stop_mode=clone',
    `trim=start_pts=${task.firstFrame}:end_pts=${task.firstFrame + task.frames}`,
    `setpts=PTS-${task.firstFrame}`,
  ].join(',')
}

const TAGGED = 'setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709'

function ladder(task: VideoTask, look: Look): string[] {
  const rungs = widestFirst(task.rungs)
  return rungs.map((rung, i) => {
    const from = i === 0 ? '[grid]' : `[below${i}]`
    const scale = i === 0 ? toLargest(task, rung, look) : `scale=${rung.width}:${rung.height}`
    const picture = `${from}${scale},setsar=1`
    return i === rungs.length - 1
      ? `${picture}[${rungLabel(i)}]`
      : `${picture},split=2[${rungLabel(i)}][below${i + 1}]`
  })
}

function toLargest(task: VideoTask, { width, height }: Rung, look: Look): string {
  const hdr = task.report.video?.hdr
  if (hdr) return `${toneMapped(hdr, width, height)},${TAGGED}`
  return `scale=${width}:${height}${toBt709(task, look)},format=yuv420p,${TAGGED}`
}

/** To the rung's size first: tone-mapping works in 32-bit floats, which cost as many times as there are pixels. */
function toneMapped(hdr: 'pq' | 'hlg', width: number, height: number): string {
  const curve = hdr === 'pq' ? 'smpte2084' : 'arib-std-b67'
  const from = `tin=${curve}:pin=bt2020:min=bt2020nc`
  return [
    `zscale=w=${width}:h=${height}`,
    `zscale=${from}:t=linear:npl=100`,
    'format=gbrpf32le,zscale=p=bt709,tonemap=hable:desat=0',
    'zscale=t=bt709:m=bt709:r=tv,format=yuv420p',
  ].join(',')
}

const MATRICES: Readonly<Record<string, string>> = {
  bt470bg: 'bt601',
  smpte170m: 'bt601',
  fcc: 'fcc',
  smpte240m: 'smpte240m',
  bt2020nc: 'bt2020',
  bt2020c: 'bt2020',
}
const SD_SHORT_SIDE = 720

/**
 * Nothing where the pictures are in BT.709 already: the scaler passes a picture of the right size through untouched.
 * Untagged pictures are taken for what players take them for: BT.601 in standard definition, BT.709 above.
 */
function toBt709({ report }: VideoTask, { matrix, range }: Look): string {
  const { displayWidth = 0, displayHeight = 0 } = report.video ?? {}
  const untagged = Math.min(displayWidth, displayHeight) < SD_SHORT_SIDE ? 'bt601' : undefined
  const from = matrix === 'unknown' ? untagged : MATRICES[matrix]
  const colour = matrix === 'gbr' ? ':out_color_matrix=bt709' : ''
  return `${from ? `:in_color_matrix=${from}:out_color_matrix=bt709` : colour}${range === 'pc' ? ':out_range=tv' : ''}`
}
