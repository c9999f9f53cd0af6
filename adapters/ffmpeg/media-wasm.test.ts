import { mediaContract } from '../../core/ports/media.contract.ts'
import { mediaProtectContract } from '../../core/ports/media-protect.contract.ts'
import { findEngine } from './engine.ts'
import { openForContract } from './testing/open-media.ts'

const open = async () => openForContract(await findEngine({ prefer: 'wasm' }))

mediaContract('media with the WebAssembly build', open)
mediaProtectContract('media with the WebAssembly build', open)
