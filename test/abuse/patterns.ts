import typescript from 'typescript-5'

import { sourceFiles } from './source.js'

/** A regular expression of ours, and where it stands. */
export interface Pattern {
  readonly file: string
  readonly expression: RegExp
}

/** Every regular expression that is written in src. Those that are put together stand in `dynamic`. */
export async function patternsOfSource(): Promise<{ patterns: Pattern[]; dynamic: string[] }> {
  const patterns: Pattern[] = []
  const dynamic: string[] = []
  for (const { name: file, text } of await sourceFiles()) {
    const visit = (node: typescript.Node): void => {
      if (typescript.isRegularExpressionLiteral(node)) {
        const end = node.text.lastIndexOf('/')
        const flags = node.text.slice(end + 1)
        patterns.push({ file, expression: new RegExp(node.text.slice(1, end), flags) })
      }
      const isMade = typescript.isNewExpression(node) || typescript.isCallExpression(node)
      if (isMade && node.expression.getText() === 'RegExp')
        dynamic.push(`${file}: ${node.getText()}`)
      typescript.forEachChild(node, visit)
    }
    visit(typescript.createSourceFile(file, text, typescript.ScriptTarget.ES2022, true))
  }
  return { patterns, dynamic }
}

/**
 * Whether an unbounded repetition stands inside of a repeated group, as in `(a+)+`: what makes the
 * search take exponential time.
 */
export function hasNestedRepetition(expression: RegExp): boolean {
  const source = expression.source.replaceAll(/\\./g, 'e').replaceAll(/\[[^\]]*\]/g, 'c')
  const repeats: boolean[] = [false]
  for (let index = 0; index < source.length; index += 1) {
    const rest = source.slice(index)
    if (rest.startsWith('(')) repeats.push(false)
    if (rest.startsWith(')')) {
      const inside = repeats.pop() ?? false
      const isRepeated = /^\)(?:[*+]|\{\d+,\d*\})/.test(rest)
      if (inside && isRepeated) return true
      if (inside) repeats[repeats.length - 1] = true
    }
    if (/^(?:[*+]|\{\d+,\})/.test(rest)) repeats[repeats.length - 1] = true
  }
  return false
}

/** Texts made of what the expression itself is made of, over and over, and of a last letter that does not fit. */
export function* hostileTexts(
  { source }: RegExp,
  count: number,
  random: () => number,
): Generator<string> {
  const own = [...source.replaceAll(/[\\()[\]{}*+?|^$]/g, '')]
  const letters = [
    ...own,
    'a',
    '0',
    ' ',
    '%',
    ':',
    '-',
    '.',
    '\\',
    '"',
    '\n',
    '\u{1F600}',
    '\uD800',
  ]
  const pick = (): string => letters[Math.floor(random() * letters.length)] ?? ''
  for (let text = 0; text < count; text += 1) {
    const unit = Array.from({ length: 1 + Math.floor(random() * 4) }, pick).join('')
    yield unit.repeat(1 + Math.floor(random() * 100)) + pick()
  }
}
