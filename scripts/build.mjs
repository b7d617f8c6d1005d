import { run } from './run.mjs'

/**
 * Builds the package and says whether that went well. `npm run check` does it once for all checks,
 * which run side by side, and tells them so by `CACHEWRIGHT_BUILT`.
 */
export async function build() {
  if (process.env.CACHEWRIGHT_BUILT === 'yes') return true
  const { code, output } = await run('npm', ['run', '--silent', 'build'])
  if (code !== 0) console.log(output)
  return code === 0
}
