import * as z from 'zod/mini'

// The requests of ECS as we send them: whatever else its API knows is refused, so that nothing is sent unseen.

const text = (pattern: RegExp) => z.string().check(z.regex(pattern))
const Pair = z.strictObject({ name: z.string(), value: z.string() })
export const RunTask = z.strictObject({
  cluster: z.string(),
  taskDefinition: z.string(),
  count: z.int().check(z.gte(1), z.lte(10)),
  capacityProviderStrategy: z
    .array(
      z.strictObject({
        capacityProvider: z.enum(['FARGATE', 'FARGATE_SPOT']),
        weight: z.optional(z.int().check(z.gte(0), z.lte(1000))),
        base: z.optional(z.int()),
      }),
    )
    .check(z.minLength(1)),
  networkConfiguration: z.strictObject({
    awsvpcConfiguration: z.strictObject({
      subnets: z.array(text(/^subnet-\w+$/)).check(z.minLength(1), z.maxLength(16)),
      securityGroups: z.array(text(/^sg-\w+$/)).check(z.maxLength(5)),
      assignPublicIp: z.enum(['ENABLED', 'DISABLED']),
    }),
  }),
  overrides: z.strictObject({
    containerOverrides: z.array(z.strictObject({ name: z.string(), environment: z.array(Pair) })),
  }),
  startedBy: text(/^[\w/-]{1,36}$/),
  clientToken: text(/^[!-~]{1,64}$/),
})
export const ListTasks = z.strictObject({
  cluster: z.string(),
  startedBy: z.string(),
  desiredStatus: z.enum(['RUNNING', 'PENDING', 'STOPPED']),
  nextToken: z.optional(z.string()),
})
export const DescribeTasks = z.strictObject({
  cluster: z.string(),
  tasks: z.array(z.string()).check(z.minLength(1), z.maxLength(100)),
})
export const StopTask = z.strictObject({
  cluster: z.string(),
  task: z.string(),
  reason: z.optional(z.string().check(z.maxLength(1024))),
})

export type RunTask = z.infer<typeof RunTask>
export type ListTasks = z.infer<typeof ListTasks>
export type DescribeTasks = z.infer<typeof DescribeTasks>
export type StopTask = z.infer<typeof StopTask>
