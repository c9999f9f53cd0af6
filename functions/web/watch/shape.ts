import type { Video } from '../../../core/video/wire.ts'

/** Aspect ratio of the place where a film plays, as CSS takes it. */
export const shapeOf = ({ width, height }: Pick<Video, 'width' | 'height'>): string =>
  width && height ? `${width} / ${height}` : '16 / 9'
