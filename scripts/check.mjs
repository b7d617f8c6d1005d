import { build } from './build.mjs'
import { run } from './run.mjs'

/** Every check is an npm script of its own, so that one that fails can be run alone. */
const CHECKS = ['check:types', 'lint', 'format:check', 'knip', 'check:package']

/** Two at a time: more would only wait for one another on a small machine. */
const AT_ONCE = 2

const waiting = [...CHECKS]
let passed = 0
let failed = 0

const environment = (await build()) ? { CACHEWRIGHT_BUILT: 'yes' } : {}
await Promise.all(Array.from({ length: AT_ONCE }, work))
console.log(`\n${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1

async function work() {
  for (let check = waiting.shift(); check !== undefined; check = waiting.shift()) {
    const begin = performance.now()
    const { code, output } = await run('npm', ['run', '--silent', check], { environment })
    const seconds = ((performance.now() - begin) / 1_000).toFixed(1)
    if (code === 0) passed += 1
    else failed += 1
    console.log(`${code === 0 ? 'ok    ' : 'FAILED'} ${check} (${seconds} s)`)
    if (code !== 0) console.log(output.trimEnd().replace(/^/gm, '       '))
  }
}
