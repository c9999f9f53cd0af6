import * as z from 'zod/mini'

export const Health = z.object({ status: z.literal('ok') })

/** One kind of problem: what its `type` URL leads to. */
export const ProblemType = z.object({
  code: z.string(),
  meanings: z.array(z.object({ status: z.int(), meaning: z.string(), operations: z.array(z.string()) })),
})
export type ProblemType = z.infer<typeof ProblemType>
