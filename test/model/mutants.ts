import { ENGINE_MUTANTS } from './engine-mutants.js'
import type { Mutant } from './mutant.js'
import { REPAIR_MUTANTS } from './repair-mutants.js'
import { SCRIPT_MUTANTS } from './script-mutants.js'

/** Every rule of the protocol, each left out of an engine or a Redis of its own. */
export const MUTANTS: readonly Mutant[] = [...ENGINE_MUTANTS, ...REPAIR_MUTANTS, ...SCRIPT_MUTANTS]
