import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

let collect: (() => void) | undefined

/** Bytes in use after a garbage collection, which this process need not have been started for. */
export function usedHeap(): number {
  if (collect === undefined) {
    setFlagsFromString('--expose-gc')
    collect = runInNewContext('gc') as () => void
  }
  // What a first one has finalised, a second one frees.
  collect()
  collect()
  return process.memoryUsage().heapUsed
}
