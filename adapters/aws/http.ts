import type { HttpRequest } from '../../core/http/request.ts'
import type { HttpResponse } from '../../core/http/response.ts'
import type { Context } from '../../core/run/context.ts'
import { NotSupported } from '../../core/run/not-supported.ts'

/** Will wrap one handler in the form that the platform calls. */
export function awsHttp(_handle: (request: HttpRequest, ctx: Context) => Promise<HttpResponse>): never {
  throw new NotSupported('http on AWS: built by the next issue: three clouds, one behaviour')
}
