// biome-ignore lint/performance/noBarrelFile: a cell of the grid; Neon is one service, reached the same way from every cloud
export { openNeonDatabase } from '../neon/database.ts'
