import { spawn } from 'node:child_process'

export interface CommandOptions {
  readonly directory?: string
  readonly environment?: Readonly<Record<string, string>>
  /** After this many milliseconds the command is killed. A minute by default. */
  readonly timeout?: number
}

/**
 * Runs a program without a shell and without input, and returns what it wrote to its output.
 *
 * @throws Error with the end of what it wrote when it fails or takes too long
 */
export function runCommand(
  command: string,
  commandArguments: readonly string[],
  options: CommandOptions = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, commandArguments, {
      cwd: options.directory,
      env: { ...process.env, ...options.environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: options.timeout ?? 60_000,
      killSignal: 'SIGKILL',
    })
    let output = ''
    let complaints = ''
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString()
    })
    child.stderr.on('data', (chunk: Buffer) => {
      complaints += chunk.toString()
    })
    child.on('error', reject)
    child.on('close', (code, signal) => {
      if (code === 0) {
        resolve(output)
        return
      }
      const end = (complaints || output).trim().split('\n').slice(-5).join('\n')
      reject(
        new Error(`${command} ${commandArguments[0] ?? ''} ended with ${code ?? signal}: ${end}`),
      )
    })
  })
}
