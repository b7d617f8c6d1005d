import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, isAbsolute, join, resolve } from 'node:path'

import { rolldown } from 'rolldown'

import { run } from './run.mjs'

/**
 * Builds the package: one file holds what every program loads, since Node takes longer to find two
 * hundred files than to read them, and each thing that is loaded at first use has its own. Types stay
 * as the compiler writes them, a file per module.
 *
 * Usage: `node scripts/bundle.mjs [folder]`; the folder (`dist`) is replaced once everything is built.
 */
const target = resolve(process.argv[2] ?? 'dist')
const folder = join(dirname(target), `.dist-${process.pid}`)

/** By the names of their files, which `lazyRequire` asks for: what is loaded at first use. */
const PARTS = ['keys/xxh3', 'redis/redis-tier', 'values/sealer', 'warmup/warmup']

/** By the names of their files, which `exports` in package.json refers to as well. */
const ENTRIES = ['index', 'bundled', 'inversify', 'prometheus', 'testing', ...PARTS]

const BUNDLED = resolve('src/bundled.ts')

/** Readable, as stack traces show it; the comments are in `src`, which the package holds as well. */
const OUTPUT = {
  dir: target,
  format: 'es',
  sourcemap: true,
  entryFileNames: '[name].js',
  chunkFileNames: '[name].js',
  comments: false,
  minifyInternalExports: false,
  minify: { compress: false, mangle: false, codegen: { removeWhitespace: false } },
}

try {
  process.exitCode = (await build()) ? 0 : 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}

async function build() {
  const options = ['-p', 'tsconfig.build.json', '--emitDeclarationOnly', '--outDir', folder]
  const types = run(process.execPath, ['node_modules/typescript/bin/tsc', ...options])
  const core = await modulesOf('index')
  const codeSplitting = { groups: [{ name: 'core', test: (id) => core.has(id) }] }
  const output = await generate(ENTRIES, { ...OUTPUT, codeSplitting, outro: provided })
  const parts = output.filter(({ name }) => PARTS.includes(name))
  // Written last, they take the place of what they are made of.
  const files = [...output, ...(await Promise.all(parts.map(detached))).flat()]
  const { code, output: complaints } = await types
  if (code !== 0) console.log(complaints)
  if (code !== 0) return false
  for (const file of files) write(file)
  replace()
  return true
}

/** The modules that an entry imports, itself and what is loaded at first use left out. */
async function modulesOf(name) {
  const [{ facadeModuleId, moduleIds }] = await generate([name], { format: 'es' })
  return new Set(moduleIds.filter((id) => id !== facadeModuleId))
}

async function generate(names, options) {
  const bundle = await rolldown({
    input: Object.fromEntries(names.map((name) => [name, `src/${name}.ts`])),
    external: isElsewhere,
    platform: 'node',
    // Decorators prepare the classes of whoever imports them: nothing is without effects here.
    treeshake: { moduleSideEffects: true },
  })
  const { output } = await bundle.generate(options)
  await bundle.close()
  return output
}

/**
 * Parts of Node, dependencies and peers, and what `bundled.ts` hands to bundlers: those files are
 * entries themselves.
 */
function isElsewhere(id, importer) {
  if (isAbsolute(id)) return false
  const [, entry] = /^\.\/(.+)\.js$/.exec(id) ?? []
  return !id.startsWith('.') || (importer === BUNDLED && ENTRIES.includes(entry))
}

/** Where `core.js` ends, it hands over all that it exports, for those who may not import it. */
function provided({ name, exports }) {
  return name === 'core' ? `provideModule("./core.js", { ${exports.join(', ')} });` : ''
}

/**
 * What is loaded at first use is required, and gets what it shares with the rest from `core.js`
 * handed over instead of importing it: tools that compile what is required, as tsx does, would
 * otherwise load a second copy of it. So it is bundled once more, to a function of what it imports.
 */
async function detached({ fileName, code, map }) {
  const input = join(target, fileName)
  const bundle = await rolldown({
    input,
    external: (id) => id !== input,
    treeshake: false,
    plugins: [{ name: 'written', resolveId: () => input, load: () => ({ code, map }) }],
  })
  const { output } = await bundle.generate({
    ...OUTPUT,
    entryFileNames: fileName,
    format: 'iife',
    globals: (id) => importedBy(fileName, id),
    name: 'part',
    postBanner: 'export const withCore = (core) => {',
    postFooter: 'return part }',
  })
  await bundle.close()
  return output
}

/** Whence the function has what the file imported. */
function importedBy(fileName, id) {
  if (id.startsWith('node:')) return `process.getBuiltinModule("${id}")`
  if (id === join(target, 'core.js')) return 'core'
  throw new Error(`${fileName} shares more than core.js: ${id}`)
}

function write(file) {
  const path = join(folder, file.fileName)
  mkdirSync(dirname(path), { recursive: true })
  if (file.type === 'chunk') writeFileSync(path, inAscii(file.code))
  else writeFileSync(path, withoutSources(file.source))
}

/** Node reads a file faster that is nothing but ASCII. What is not stands in literals. */
function inAscii(code) {
  return code.replaceAll(
    /[^\0-\x7F]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** The package holds the sources: they need not be in the maps as well. */
function withoutSources(source) {
  const { sourcesContent: _, ...map } = JSON.parse(source.toString())
  return JSON.stringify(map)
}

/** Whoever reads the folder meanwhile finds the old one or the new one, and never half of either. */
function replace() {
  const old = `${folder}-old`
  try {
    renameSync(target, old)
  } catch {
    // There was none.
  }
  renameSync(folder, target)
  rmSync(old, { recursive: true, force: true })
}
