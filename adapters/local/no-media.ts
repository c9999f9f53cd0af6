import type { Media } from '../../core/ports/media.ts'
import { NotSupported } from '../../core/run/not-supported.ts'

/** The media port of a process without the tools: whatever is asked throws `NotSupported`. */
export function noMedia(because: string): Media {
  const no = async (): Promise<never> => {
    throw new NotSupported(because)
  }
  return { probe: no, video: no, audio: no, protect: no, stills: no }
}
