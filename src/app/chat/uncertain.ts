import { button, note, quiet, textBlock } from '../../cards/words.ts'
import type { Unit } from '../house.ts'
import type { Post } from './posts.ts'
import { show } from './show.ts'

const PURPOSE = 'uncertain'

/** It asks whether another message arrived. */
export const isQuestion = ({ purpose }: Pick<Post, 'purpose'>): boolean => purpose === PURPOSE

/** Nobody knows whether this message arrived, and its platform cannot be searched: a person looks, and decides. */
export async function uncertainPost(unit: Unit, post: Pick<Post, 'id' | 'placeId' | 'subject' | 'purpose'>): Promise<void> {
  const card = {
    ...note(
      `Did this message arrive in ${post.placeId}?`,
      'warning',
      textBlock(`${post.subject}, ${post.purpose}`),
      quiet('The connection broke while it was sent. It is not repeated by itself, so that nothing is said twice.'),
    ),
    actions: [button('Post again', 'post-again', `post:${post.id}`)],
  }
  await show(unit, 'admin', `post:${post.id}`, PURPOSE, { frozen: card })
  unit.audit({
    actor: 'patchcrier',
    action: 'post-uncertain',
    subject: `post:${post.id}`,
    detail: { place: post.placeId, subject: post.subject, purpose: post.purpose },
  })
}
