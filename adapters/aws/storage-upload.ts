/** Metadata that tells which upload made an object. */
export const MARK = 'skyreel-upload'

/**
 * An upload is `<mark>~<S3's own id>`. The mark becomes metadata of the object that the upload makes: so completing it
 * again is known for what it is, whatever the bucket's encryption makes of etags, long after S3 has forgotten the upload.
 */
export function splitUpload(upload: string): { mark: string; id: string } {
  const [mark = '', ...rest] = upload.split('~')
  return { mark, id: rest.length === 0 ? upload : rest.join('~') }
}
