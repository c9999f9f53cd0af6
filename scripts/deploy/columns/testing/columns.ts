import { dev } from '../../../../cdktf/config/dev.ts'
import type { Cloud } from '../../../../cdktf/shared/environment.ts'
import type { DeployedFunction, StackOutputs } from '../../../../cdktf/shared/outputs.ts'
import { placeOf } from '../../../../cdktf/shared/place.ts'
import type { DeployColumn, OpenColumn } from '../../column.ts'
import { openAwsColumn } from '../aws.ts'
import { openAzureColumn } from '../azure.ts'
import { openGcpColumn } from '../gcp.ts'

export const OPEN: Readonly<Record<Cloud, OpenColumn>> = {
  aws: openAwsColumn,
  gcp: openGcpColumn,
  azure: openAzureColumn,
}

const API: Readonly<Record<Cloud, DeployedFunction>> = {
  aws: { kind: 'http', name: 'fn', version: '8' },
  gcp: { kind: 'http', name: 'fn' },
  azure: { kind: 'http', name: 'app-a', twin: 'app-b' },
}
const EDGE: Readonly<Record<Cloud, string>> = { aws: 'E1', gcp: 'map', azure: 'profile/endpoint' }
const REPOSITORY: Readonly<Record<Cloud, string>> = {
  aws: '111111111111.dkr.ecr.eu-central-1.amazonaws.com/skyreel-dev-media',
  gcp: 'europe-west1-docker.pkg.dev/skyreel-dev-example/skyreel-dev-media/media',
  azure: 'skyreelimages.azurecr.io/media',
}

/** What an applied stack of one API, `video-api`, and one schedule, `sweep`, tells. */
export const outputsOn = (cloud: Cloud): StackOutputs => ({
  origin: 'https://video.example.com',
  imageRepository: REPOSITORY[cloud],
  functions: { 'video-api': API[cloud], sweep: { kind: 'cron', name: 'sweep', version: '8' } },
  secrets: {},
  pages: cloud === 'azure' ? 'pages/$web' : 'pages',
  edge: EDGE[cloud],
})

/** The column of `dev`, after the apply. */
export const columnOn = (cloud: Cloud): DeployColumn =>
  OPEN[cloud]({ place: placeOf(cloud, dev), outputs: outputsOn(cloud) })
