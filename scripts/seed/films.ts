import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Engine } from '../../adapters/ffmpeg/engine.ts'
import { runTool } from '../../adapters/ffmpeg/run.ts'

export interface Cue {
  readonly from: number
  readonly to: number
  readonly text: string
}
/** A film of the seed. Its title is what tells it from the others in a second run. */
export interface SeedFilm {
  readonly title: string
  readonly description: string
  readonly visibility: 'private' | 'public' | 'subscribers'
  readonly file: string
  /** ffmpeg sources of picture and sound; without them the file is text that is called a film, and is refused. */
  readonly sources?: { readonly picture: string; readonly sound: string }
  readonly chapters: readonly { readonly startSeconds: number; readonly title: string }[]
  readonly captions: readonly {
    readonly language: string
    readonly label: string
    readonly cues: readonly Cue[]
  }[]
}

const SIZE = '640x360'

const COLOURS: SeedFilm = {
  title: 'Colours at dawn',
  description: 'Twelve seconds of slow colour. Public: it is on the front page.',
  visibility: 'public',
  file: 'colours.mp4',
  sources: {
    picture: `gradients=size=${SIZE}:rate=25:duration=12:nb_colors=4:seed=7:speed=0.02`,
    sound: 'sine=frequency=220:sample_rate=48000:duration=12',
  },
  chapters: [
    { startSeconds: 0, title: 'Night' },
    { startSeconds: 4, title: 'First light' },
    { startSeconds: 8, title: 'Day' },
  ],
  captions: [
    {
      language: 'en',
      label: 'English',
      cues: [
        { from: 0.5, to: 3.5, text: 'It is still dark.' },
        { from: 4, to: 7.5, text: 'Then the light comes.' },
        { from: 8, to: 11.5, text: 'And it is day.' },
      ],
    },
    {
      language: 'de',
      label: 'Deutsch',
      cues: [
        { from: 0.5, to: 3.5, text: 'Noch ist es dunkel.' },
        { from: 4, to: 7.5, text: 'Dann kommt das Licht.' },
        { from: 8, to: 11.5, text: 'Und es ist Tag.' },
      ],
    },
  ],
}

const FRACTAL: SeedFilm = {
  title: 'Into the fractal',
  description: 'Eight seconds of a dive. Private: only its owner sees it.',
  visibility: 'private',
  file: 'fractal.mp4',
  sources: {
    picture: `mandelbrot=size=${SIZE}:rate=25:maxiter=600:end_scale=0.02:end_pts=200,trim=duration=8`,
    sound: 'sine=frequency=330:beep_factor=3:sample_rate=48000:duration=8',
  },
  chapters: [
    { startSeconds: 0, title: 'From afar' },
    { startSeconds: 5, title: 'At the edge' },
  ],
  captions: [
    {
      language: 'en',
      label: 'English',
      cues: [{ from: 1, to: 6, text: 'The nearer one looks, the more there is.' }],
    },
  ],
}

const BROKEN: SeedFilm = {
  title: 'A diary that is called a film',
  description: 'A text file renamed to .mp4: so one can see how a refusal looks.',
  visibility: 'private',
  file: 'diary.mp4',
  chapters: [],
  captions: [],
}

const PREMIERE: SeedFilm = {
  title: 'The premiere',
  description:
    'Ten seconds of life. For subscribers: everybody sees it listed, and a plan at /plans/ opens it.',
  visibility: 'subscribers',
  file: 'premiere.mp4',
  sources: {
    picture: `life=size=${SIZE}:rate=25:mold=10:seed=3:life_color=orange:death_color=black,trim=duration=10`,
    sound: 'sine=frequency=262:sample_rate=48000:duration=10',
  },
  chapters: [],
  captions: [],
}

/** The first `count` films of the seed: four that show something, then test patterns, public and private in turn. */
export function seedFilms(count: number): SeedFilm[] {
  const more = Array.from({ length: Math.max(0, count - 4) }, (_, at) => pattern(at + 1))
  return [COLOURS, FRACTAL, BROKEN, PREMIERE, ...more].slice(0, count)
}

function pattern(number: number): SeedFilm {
  return {
    title: `Test pattern ${number}`,
    description: 'Six seconds with a running clock.',
    visibility: number % 2 === 1 ? 'public' : 'private',
    file: `pattern-${number}.mp4`,
    sources: {
      picture: `testsrc2=size=${SIZE}:rate=25:duration=6,hue=h=${(number * 67) % 360}`,
      sound: `sine=frequency=${220 + 20 * (number % 20)}:sample_rate=48000:duration=6`,
    },
    chapters: [{ startSeconds: 3, title: 'Second half' }],
    captions: [],
  }
}

/** Writes the film's file into the folder and answers its path. */
export async function makeFilm(
  film: SeedFilm,
  { engine, folder, signal }: { engine: Engine; folder: string; signal: AbortSignal },
): Promise<string> {
  const path = join(folder, film.file)
  if (!film.sources) {
    await writeFile(path, 'Dear diary, this is not a film.\n'.repeat(200))
    return path
  }
  const { picture, sound } = film.sources
  const inputs = ['-f', 'lavfi', '-i', picture, '-f', 'lavfi', '-i', sound]
  const video = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p']
  const output = ['-c:a', 'aac', '-movflags', '+faststart', '-shortest', path]
  await runTool(engine.ffmpeg, ['-nostdin', '-y', '-v', 'error', ...inputs, ...video, ...output], { signal })
  return path
}

/** The cues as a WebVTT file. */
export function webVtt(cues: readonly Cue[]): string {
  const time = (seconds: number) => new Date(seconds * 1000).toISOString().slice(11, 23)
  const blocks = cues.map(({ from, to, text }) => `${time(from)} --> ${time(to)}\n${text}\n`)
  return `WEBVTT\n\n${blocks.join('\n')}`
}
