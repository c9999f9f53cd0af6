import { defineConfig } from 'drizzle-kit'

export default defineConfig({
  dialect: 'postgresql',
  schema: './core/database/schema.ts',
  out: './core/database/migrations',
})
