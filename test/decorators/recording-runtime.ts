import type { MethodDeclaration } from '../../src/decorators/declaration.js'
import type { Advice, WovenRuntime } from '../../src/decorators/runtime.js'

/** A runtime that calls the method and notes what it was asked. */
export class RecordingRuntime implements WovenRuntime {
  readonly asked: string[] = []
  readonly invoked: { instance: object; args: unknown[] }[] = []
  readonly #answer: string

  /** @param answer what stands before each result */
  constructor(answer: string) {
    this.#answer = answer
  }

  adviceOf(declaration: MethodDeclaration): Advice | undefined {
    const { methodName, owner, original } = declaration
    this.asked.push(`${owner.name}.${String(methodName)}`)
    if (methodName === 'profiles') return undefined
    return {
      invoke: async (instance, args) => {
        this.invoked.push({ instance, args })
        return `${this.#answer} ${String(await original.apply(instance, args))}`
      },
    }
  }
}
