import { describe, expect, it } from 'vitest'
import { contractViolations } from './migrate-contract.ts'
import { readMigrations } from './migrate-files.ts'

/** Applied before there was a deployment: no code of a release before ran beside them. */
const BEFORE_THE_FIRST_DEPLOYMENT = 4

const violations = (...statements: string[]) =>
  contractViolations([{ at: 0, name: '0009_some', hash: '', madeAt: 0, statements }]).map(({ says }) => says)

describe('a migration', () => {
  it('of ours takes nothing away from the release before without saying so', async () => {
    const migrations = (await readMigrations()).filter(({ at }) => at > BEFORE_THE_FIRST_DEPLOYMENT)
    expect(contractViolations(migrations)).toEqual([])
  })

  it.each([
    'DROP TABLE "videos"',
    'DROP TYPE state',
    'TRUNCATE videos',
    'ALTER TABLE "videos" DROP COLUMN "title"',
    'ALTER TABLE "videos" RENAME COLUMN "title" TO "name"',
    'ALTER TABLE videos RENAME TO films',
    'ALTER TABLE "videos" ALTER COLUMN "title" SET NOT NULL',
    'ALTER TABLE "videos" ALTER COLUMN "size" SET DATA TYPE bigint',
    'ALTER TABLE "videos" ALTER COLUMN "title" DROP DEFAULT',
    'ALTER TABLE "videos" ADD COLUMN "title" text NOT NULL',
    'ALTER TABLE videos ADD COLUMN a numeric(10,2) NOT NULL, ADD COLUMN b int DEFAULT 0',
    'ALTER TABLE "videos" ADD CONSTRAINT "one" CHECK (size > 0)',
    'ALTER TABLE "videos" ADD CONSTRAINT "f" FOREIGN KEY ("id") REFERENCES "public"."users"("id")',
    'CREATE UNIQUE INDEX "once" ON "videos" USING btree ("title")',
    'alter table only public.videos\n  drop column title',
  ])('is refused with %s', (statement) => {
    expect(violations(statement)).toHaveLength(1)
  })

  it.each([
    'CREATE TABLE "films" ("id" uuid PRIMARY KEY NOT NULL)',
    'CREATE INDEX "some" ON "videos" USING btree ("title")',
    'DROP INDEX "some"',
    'ALTER TABLE "videos" ADD COLUMN "title" text',
    `ALTER TABLE "videos" ADD COLUMN "title" text DEFAULT '' NOT NULL`,
    'ALTER TABLE "videos" ADD COLUMN "type" text',
    'ALTER TABLE "videos" ALTER COLUMN "title" DROP NOT NULL',
    'ALTER TABLE "videos" ADD CONSTRAINT "one" CHECK (size > 0) NOT VALID',
    "INSERT INTO notes VALUES ('drop table videos')",
    '-- drop table videos comes a release later\nALTER TABLE "videos" ADD COLUMN "x" int',
  ])('may hold %s', (statement) => {
    expect(violations(statement)).toEqual([])
  })

  it('may refuse rows of a table that it makes itself', () => {
    const made = 'CREATE TABLE "films" ("id" uuid)'
    const refusing = 'ALTER TABLE "public"."films" ADD CONSTRAINT "u" UNIQUE ("id")'
    expect(violations(made, refusing)).toEqual([])
  })
  it('may take away with a reason and the release that stopped using it', () => {
    const mark = '-- contract: titles have names of their own now, unused since 2026.11.2'
    expect(violations(`${mark}\nALTER TABLE "videos" DROP COLUMN "title"`)).toEqual([])
  })
  it('needs both in the mark', () => {
    expect(violations('-- contract: not used\nDROP TABLE "videos"')).toHaveLength(1)
  })
})
