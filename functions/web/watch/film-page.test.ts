import { afterAll, beforeAll, expect, it } from 'vitest'
import { openTestPages, type Person, type TestPages } from '../testing/pages.ts'

let pages: TestPages
let owner: Person
beforeAll(async () => {
  pages = await openTestPages()
  owner = await pages.person()
})
afterAll(() => pages?.[Symbol.asyncDispose]())

it('says that a film does not exist', async () => {
  const page = await pages.open('/?v=vid_00000000000000000000000000000000')
  expect(await page.getByRole('heading').textContent()).toBe('There is no such film')
})

it('shows a private film to its owner, and to nobody else', async () => {
  const { body } = await owner.client.call('POST', '/v1/videos', { title: 'Secret' })
  const { id } = body as { id: string }
  const [mine, other] = await Promise.all([pages.openAs(owner, `/?v=${id}`), pages.open(`/?v=${id}`)])
  await mine.getByRole('heading', { name: 'Secret' }).waitFor()
  await other.getByRole('heading', { name: 'There is no such film' }).waitFor()
  expect(await other.getByText('Secret').count()).toBe(0)
})

it('says why a film could not be made watchable', async () => {
  const id = await owner.client.upload('text.mp4', new TextEncoder().encode('no film at all '.repeat(100)))
  await owner.client.until(id, ['failed'])
  const page = await pages.openAs(owner, `/?v=${id}`)
  await page.getByRole('heading', { name: 'This film could not be made watchable' }).waitFor()
  expect(await page.getByText('This is not a video or audio file.').count()).toBe(1)
})
