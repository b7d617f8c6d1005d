import { spawn } from 'node:child_process'

/**
 * Runs a program without input and resolves to how it ended: `{ code, output }`, where `output` holds
 * what it wrote to its output and its errors. It never rejects; a program that cannot be started has
 * the code 127, as in a shell.
 *
 * @param {string} command
 * @param {readonly string[]} commandArguments
 * @param {{ directory?: string, environment?: Record<string, string | undefined>, echo?: boolean }} [options]
 *   `echo` also shows the output as it comes; a variable that is undefined is taken out
 */
export function run(command, commandArguments, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, commandArguments, {
      cwd: options.directory,
      env: { ...process.env, ...options.environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    for (const [stream, own] of [
      [child.stdout, process.stdout],
      [child.stderr, process.stderr],
    ]) {
      stream.on('data', (chunk) => {
        output += chunk
        if (options.echo === true) own.write(chunk)
      })
    }
    child.once('error', (error) => resolve({ code: 127, output: String(error) }))
    child.once('close', (code) => resolve({ code: code ?? 1, output }))
  })
}

/** The last line `N passed, N failed` of an output as two numbers, or undefined. */
export function countsOf(output) {
  const last = [...output.matchAll(/^(\d+) passed, (\d+) failed$/gm)].at(-1)
  return last === undefined ? undefined : { passed: Number(last[1]), failed: Number(last[2]) }
}
