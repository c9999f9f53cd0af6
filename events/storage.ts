export interface StorageEvents {
  /** From the store itself, after an object became whole and visible. */
  'storage.object.created': {
    readonly bucket: string
    /** Decoded, as it was written. */
    readonly key: string
    readonly sizeBytes: number
    readonly etag: string
    /** Orders the writes of one key, where the store tells; see `compareVersions`. */
    readonly version?: string
  }
}
