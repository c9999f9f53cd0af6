/**
 * Paths of the folders of functions/web that hold an index.html. All three CDNs and the dry run of a deployment are made
 * from this list, and a test holds it to the folders, so that no page is built that no cloud shows. A new one comes last:
 * Front Door's rules are numbered by their places, and no two may have one number even while they are changed.
 */
export const PAGE_FOLDERS: readonly string[] = ['/', '/studio/', '/studio/billing/', '/plans/', '/account/']

/** The folders with a name: each has a form without its slash, which leads to it. */
export const NAMED_FOLDERS = PAGE_FOLDERS.filter((folder) => folder !== '/')

/** The folders right below the root, which hold all others. */
export const TOP_FOLDERS = NAMED_FOLDERS.filter((folder) => folder.split('/').length === 3)

/** `/studio` of `/studio/`. */
export const withoutSlash = (folder: string): string => folder.slice(0, -1)
