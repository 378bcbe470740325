import type { Action, Block } from './card.ts'
import { button, choice, count, longText, shortened, shortText, textBlock } from './words.ts'

/** A product of the inventory that a notice names without saying which versions are affected. */
export interface Named {
  readonly product: string
  readonly hosts: number
}

/** Nobody has said yet which versions are affected: what the notice names, and what is needed to go on. */
export function namedBlocks(publisher: string, named: readonly Named[]): readonly Block[] {
  if (named.length === 0) return []
  const words = named.map(({ product, hosts }) => `${product}, which ${count(hosts, 'host')} ${hosts === 1 ? 'has' : 'have'}`)
  return [
    textBlock(
      { strong: `${publisher} names ${shortened(words, 3)}. ` },
      'It does not say which versions are fixed: look there, then say it here.',
    ),
  ]
}

export function sayAffectedAction(subject: string, named: readonly Named[]): readonly Action[] {
  const product =
    named.length > 0
      ? choice(
          'product',
          'Product',
          named.map(({ product, hosts }) => ({ value: product, label: `${product} (${count(hosts, 'host')})` })),
        )
      : shortText('product', 'Package, as the inventory names it')
  return [
    button('Say what is affected', 'say-affected', subject, {
      style: 'primary',
      form: {
        title: 'What is affected?',
        intro: 'Every host with a lower version of it becomes part of this change. Your name stays on it.',
        submit: 'These are affected',
        fields: [
          product,
          shortText('version', 'Fixed in version', { hint: 'as the package manager writes it' }),
          longText('source', 'Where does that stand?'),
        ],
      },
    }),
  ]
}
