import type { Protection } from '../../../core/protection/model.ts'

interface Words {
  readonly name: string
  readonly sentence: string
}

export const PROTECTION_WORDS: Readonly<Record<Protection, Words>> = {
  clear: {
    name: 'None',
    sentence: 'The files lie there as they are; addresses to them are signed and expire.',
  },
  'aes-128': {
    name: 'AES-128',
    sentence: 'Whole segments are encrypted; every player of HLS can open them. No DRM.',
  },
  cbcs: {
    name: 'DRM for all devices (cbcs)',
    sentence: 'Widevine, PlayReady, FairPlay and Clear Key. The one to choose for films that are sold.',
  },
  cenc: {
    name: 'DRM for older devices (cenc)',
    sentence: 'Widevine, PlayReady and Clear Key, also where devices are old. Not for Apple’s.',
  },
}
