import type { Activation, Identifier } from './internals.js'

/** A container, in the words that both majors of Inversify have. */
export interface HostContainer {
  bind(serviceIdentifier: Identifier): { toConstantValue(value: object): unknown }
  get(serviceIdentifier: Identifier): unknown
  getAllAsync(serviceIdentifier: Identifier): Promise<unknown[]>
  /** Here or in a parent. */
  isBound(serviceIdentifier: Identifier): boolean
  onActivation(serviceIdentifier: Identifier, activation: Activation): void
  register(plugin: new (container: unknown, context: unknown) => object): void
}
