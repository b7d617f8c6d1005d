import type { KeyScalar } from '../options/entry-options.js'

/**
 * Builds keys of common shapes. A key is a list, so its parts cannot run together: nothing needs
 * escaping, and a colon in a text does not make it collide with another key.
 */
export const keys = {
  /** Something that belongs to a user. */
  user: (id: KeyScalar, ...parts: readonly KeyScalar[]): readonly KeyScalar[] => [
    'user',
    id,
    ...parts,
  ],
  /** One resource of a kind. */
  resource: (kind: string, id: KeyScalar): readonly KeyScalar[] => ['resource', kind, id],
  /** A response of an API: method, path and parameters. The order of parameters does not matter. */
  api: (
    method: string,
    path: string,
    parameters: Readonly<Record<string, unknown>> = {},
  ): readonly unknown[] => ['api', method.toUpperCase(), path, parameters],
  /** A page of results for a query with filters. The order of filters does not matter. */
  search: (
    query: string,
    filters: Readonly<Record<string, unknown>> = {},
    page = 1,
  ): readonly unknown[] => ['search', query, filters, page],
}
