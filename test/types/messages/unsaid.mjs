import { readFileSync } from 'node:fs'

const SOURCE = new URL('day-one.ts', import.meta.url)
const SAYS = /^\s*\/\/ says: (.+)$/

/**
 * What day-one.ts expects a compiler to say and it does not, a line for each; empty if it says all.
 *
 * @param output what the compiler printed, its explanations included
 */
export function unsaid(output) {
  const messages = messagesIn(output)
  const expectations = expectationsIn(readFileSync(SOURCE, 'utf8').split('\n'))
  return expectations
    .filter(({ text, from, to }) => !isSaid(messages, text, from, to))
    .map(({ text, from }) => `day-one.ts(${from}): nothing says ${text}`)
    .join('\n')
}

/** Each holds for the lines up to the next one. */
function expectationsIn(lines) {
  const found = lines.flatMap((line, index) => {
    const text = SAYS.exec(line)?.[1]
    return text === undefined ? [] : [{ text, from: index + 1 }]
  })
  return found.map((each, index) => ({ ...each, to: found[index + 1]?.from ?? lines.length }))
}

/** A message is a line that names a place, and the indented lines after it. */
function messagesIn(output) {
  return output.split(/^(?=\S)/m).flatMap((text) => {
    const line = /day-one\.ts\((\d+),/.exec(text)?.[1]
    return line === undefined ? [] : [{ line: Number(line), text }]
  })
}

function isSaid(messages, text, from, to) {
  return messages.some(
    (message) => message.line > from && message.line < to && message.text.includes(text),
  )
}
