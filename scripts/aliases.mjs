import { register } from 'node:module'

/**
 * Loaded by `node --import`: lets the project's own files get another major version of a package than
 * the one they name. `CACHEWRIGHT_ALIASES` says which, as in `ioredis=ioredis-5,inversify=inversify-7`.
 */
const hooks = `
const aliases = new Map(
  (process.env.CACHEWRIGHT_ALIASES ?? '').split(',').filter(Boolean).map((pair) => pair.split('=')),
)
export async function resolve(specifier, context, next) {
  const alias = aliases.get(specifier)
  const isOurs = !(context.parentURL ?? '').includes('/node_modules/')
  if (isOurs && alias !== undefined) return next(alias, context)
  if (isOurs && specifier.startsWith('@inversifyjs/') && aliases.has('inversify')) {
    // Inversify's parts must come from the version that was chosen, not from the newest one.
    const host = await next(aliases.get('inversify'), context)
    return next(specifier, { ...context, parentURL: host.url })
  }
  return next(specifier, context)
}
`
register(`data:text/javascript,${encodeURIComponent(hooks)}`, import.meta.url)
