/** Rises with the API; the path holds the major version. */
export const API_VERSION = '1.0.0'

/** Heads the OpenAPI document and the page made from it. */
export const API_DESCRIPTION = `The backend for video businesses: upload a film, it is transcoded, watch it in several qualities.

**Tokens.** \`POST /v1/signup\` or \`POST /v1/login\` answer an access token for the header \`authorization: Bearer ...\`. It is good for some minutes; \`POST /v1/refresh\` gets the next one.

**Problems.** Every error is \`application/problem+json\` (RFC 9457): \`code\` is for programs, \`detail\` for people, \`errors\` names each field and the rule that it broke. The request id is in \`instance\` and in the header \`x-request-id\`.

**Lists.** Pages of \`limit\` items; ask for the next with the \`cursor\` that \`nextCursor\` of the page before told. No \`nextCursor\`, no further page.

**Unknown fields** in a body or query are refused, so that a typing error is no silent loss. Answers may gain fields: clients must bear ones that they do not know.`
