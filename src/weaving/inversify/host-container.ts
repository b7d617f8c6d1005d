import type { Activation, Identifier } from './internals.js'

/** The methods of a container that both majors of Inversify share. */
export interface HostContainer {
  bind(serviceIdentifier: Identifier): { toConstantValue(value: object): unknown }
  get(serviceIdentifier: Identifier): unknown
  getAllAsync(serviceIdentifier: Identifier): Promise<unknown[]>
  /** Whether the service is bound here or in a parent. */
  isBound(serviceIdentifier: Identifier): boolean
  onActivation(serviceIdentifier: Identifier, activation: Activation): void
  register(plugin: new (container: unknown, context: unknown) => object): void
}
