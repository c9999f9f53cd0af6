import { AcmCertificate } from '@cdktf/provider-aws/lib/acm-certificate/index.js'
import { AcmCertificateValidation } from '@cdktf/provider-aws/lib/acm-certificate-validation/index.js'
import type { AwsProvider } from '@cdktf/provider-aws/lib/provider/index.js'
import { Route53Record } from '@cdktf/provider-aws/lib/route53-record/index.js'
import { hostOf } from '../shared/host.ts'
import type { SkyreelStack } from '../shared/skyreel-stack.ts'

/** The host's certificate, which AWS renews by itself as long as the record stands. Returns its ARN once it is valid. */
export function certify(stack: SkyreelStack, edge: AwsProvider): string {
  const certificate = new AcmCertificate(stack, 'certificate', {
    ...{ domainName: hostOf(stack.place), validationMethod: 'DNS', provider: edge },
    lifecycle: { createBeforeDestroy: true },
  })
  const asked = certificate.domainValidationOptions.get(0)
  const record = new Route53Record(stack, 'certificate-record', {
    ...{ zoneId: stack.place.environment.aws.zoneId, ttl: 300 },
    ...{ name: asked.resourceRecordName, type: asked.resourceRecordType },
    records: [asked.resourceRecordValue],
    // ACM asks for the same record again for a new certificate of the host.
    allowOverwrite: true,
  })
  const valid = new AcmCertificateValidation(stack, 'certificate-valid', {
    ...{ certificateArn: certificate.arn, provider: edge },
    validationRecordFqdns: [record.fqdn],
  })
  return valid.certificateArn
}
