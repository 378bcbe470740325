import { buildOf, type RpmBuild } from './rpm.ts'
import {
  branchSchema,
  type CsafDocument,
  type Drop,
  kept,
  type Product,
  productSchema,
  type Relationship,
  relationshipSchema,
} from './schema.ts'

/** An rpm as a component of a product stream. */
export interface StreamBuild extends RpmBuild {
  readonly stream: string
}

/** What a product id stands for: an rpm in a stream, a dropped one (said to `drop`), or something else than an rpm. */
export type Resolved = StreamBuild | 'dropped' | 'not an rpm'

export interface ProductTree {
  resolve(productId: string): Resolved
  /** Name for people; the id where the tree has none. */
  nameOf(productId: string): string
}

// A package in a module in a stream is two relationships deep; more is not CSAF as anyone writes it.
const DEEPEST = 5

/** All products below the branches. Walked without recursion: depth is the sender's to choose. */
const productsOf = (tree: CsafDocument['product_tree'], drop: Drop): Map<string, Product> => {
  const products = new Map<string, Product>()
  const add = (values: readonly unknown[]): void => {
    for (const product of kept(productSchema, values, 'product', drop)) products.set(product.product_id, product)
  }
  add(tree?.full_product_names ?? [])
  const open: (readonly unknown[])[] = [tree?.branches ?? []]
  for (let level = open.pop(); level !== undefined; level = open.pop()) {
    for (const branch of kept(branchSchema, level, 'branch', drop)) {
      if (branch.product !== undefined) add([branch.product])
      if (branch.branches !== undefined) open.push(branch.branches)
    }
  }
  return products
}

/** `nodejs:18:8080020230718…:63b34585` -> `nodejs:18`: the module stream that a host enables. */
const moduleOf = (id: string): string => id.split(':').slice(0, 2).join(':')

/** The product tree and its relationships: the truth about what a product id means (not the id's spelling). */
export const readTree = (tree: CsafDocument['product_tree'], drop: Drop): ProductTree => {
  const products = productsOf(tree, drop)
  const relationships = new Map<string, Relationship>()
  for (const one of kept(relationshipSchema, tree?.relationships, 'relationship', drop)) {
    products.set(one.full_product_name.product_id, one.full_product_name)
    relationships.set(one.full_product_name.product_id, one)
  }

  const streamOf = (id: string, depth = 0): string | null => {
    const relation = relationships.get(id)
    if (relation === undefined) return id
    if (depth >= DEEPEST) return null
    const outer = streamOf(relation.relates_to_product_reference, depth + 1)
    return outer === null ? null : `${outer}:${moduleOf(relation.product_reference)}`
  }

  const resolveFresh = (id: string): Resolved => {
    const relation = relationships.get(id)
    if (relation === undefined) return 'not an rpm'
    const component = relation.product_reference
    const build = buildOf(component, products.get(component)?.product_identification_helper?.purl)
    if (build === null) return 'not an rpm'
    const stream = streamOf(relation.relates_to_product_reference)
    if (build === 'conflict' || stream === null) {
      drop(build === 'conflict' ? `product ${component}: its purl names another build` : `product ${id}: relationships nested too deep`)
      return 'dropped'
    }
    return { ...build, stream }
  }

  const cache = new Map<string, Resolved>()
  return {
    resolve: (id) => {
      const known = cache.get(id) ?? resolveFresh(id)
      cache.set(id, known)
      return known
    },
    nameOf: (id) => products.get(id)?.name ?? id,
  }
}
