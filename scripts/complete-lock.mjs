import { readFileSync, writeFileSync } from 'node:fs'

/**
 * Adds to the lock file what `npm install` leaves out when the registry it asks does not have the
 * binaries of a tool for every platform: without them `npm ci` takes the lock file for outdated, here
 * and everywhere else. An added entry has no hash until npm meets the package itself.
 */
const FILE = 'package-lock.json'
const SYSTEMS = ['android', 'darwin', 'freebsd', 'linux', 'openharmony', 'win32']
const PROCESSORS = ['arm64', 'arm', 'ia32', 'ppc64', 'riscv64', 's390x', 'x64']

const lock = JSON.parse(readFileSync(FILE, 'utf8'))
const known = new Set(Object.keys(lock.packages).map((path) => path.split('node_modules/').at(-1)))
let added = 0
for (const [parent, entry] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    if (parent === '' || known.has(name)) continue
    lock.packages[`node_modules/${name}`] = placeholder(name, version, entry)
    known.add(name)
    added += 1
  }
}
lock.packages = Object.fromEntries(
  Object.entries(lock.packages).toSorted(([one], [other]) => one.localeCompare(other, 'en')),
)
if (added > 0) writeFileSync(FILE, `${JSON.stringify(lock, undefined, 2)}\n`)
console.log(`${added} packages added`)

function placeholder(name, version, parent) {
  const words = name.split('/').at(-1).split('-')
  const system = SYSTEMS.find((one) => words.includes(one))
  const processor = PROCESSORS.find((one) => words.includes(one))
  if (system === undefined || processor === undefined || !/^\d/.test(version)) {
    throw new Error(`${name}: neither a system nor a processor in its name, or no exact version`)
  }
  return {
    version,
    cpu: [processor],
    ...(parent.dev === true ? { dev: true } : {}),
    ...libraryOf(words),
    license: parent.license,
    optional: true,
    os: [system],
    engines: parent.engines,
  }
}

/** Tools name their Linux binaries for the C library they need, or mean glibc. */
function libraryOf(words) {
  if (!words.includes('linux')) return {}
  return { libc: [words.some((word) => word.startsWith('musl')) ? 'musl' : 'glibc'] }
}
