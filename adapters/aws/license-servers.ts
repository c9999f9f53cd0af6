// biome-ignore lint/performance/noBarrelFile: a cell of the grid; the network is the same everywhere
export { openLicenseServers } from '../node/license-servers.ts'
